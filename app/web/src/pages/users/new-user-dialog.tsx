import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createUser, usersQuery } from '../../api/accounts.ts';
import { type Role, roles } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { PasswordOnce } from './password-once.tsx';
import styles from './users.module.css';

/** Asks for address and role, then shows the generated password once. */
export function NewUserDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t } = useTexts();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const [isChecked, setChecked] = useState(false);
  const isEmail = /^\S+@\S+\.\S+$/.test(email.trim());
  const create = useMutation({
    mutationFn: () => createUser({ email: email.trim(), role }),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });

  if (create.data)
    return (
      <Dialog title={t('users.created')} onClose={onClose}>
        <PasswordOnce email={email.trim()} password={create.data.password ?? ''} onClose={onClose} />
      </Dialog>
    );

  return (
    <Dialog title={t('users.new')} onClose={onClose}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (isEmail && !create.isPending) create.mutate();
        }}
      >
        <TextInput
          label={t('users.email')}
          type="email"
          value={email}
          error={isChecked && !isEmail ? t('users.emailBad') : undefined}
          onChange={(event) => setEmail(event.currentTarget.value)}
          autoComplete="off"
        />
        <NativeSelect
          label={t('users.role')}
          description={t(`role.${role}.about`)}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
        />
        {create.isError ? <ProblemNotice error={create.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" aria-disabled={create.isPending}>
            {t('users.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
