import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { changeOwnPassword } from '../../api/accounts.ts';
import { useSession } from '../../api/session-context.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './account.module.css';

const minimumLength = 12;

/** Changes the signed-in person's password. */
export function PasswordForm(): React.JSX.Element {
  const { t } = useTexts();
  const { me } = useSession();
  const notify = useNotify();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isChecked, setChecked] = useState(false);
  const change = useMutation({
    mutationFn: () => changeOwnPassword({ currentPassword: current, newPassword: next }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setChecked(false);
      notify(t('account.changed'));
    },
  });
  const currentError = isChecked && current === '' ? t('account.currentMissing') : undefined;
  const nextError = isChecked && next.length < minimumLength ? t('account.tooShort') : undefined;

  return (
    <form
      className={styles.settings}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (current !== '' && next.length >= minimumLength) change.mutate();
      }}
    >
      <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
      <PasswordInput
        label={t('account.current')}
        autoComplete="current-password"
        value={current}
        error={currentError}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('account.next')}
        autoComplete="new-password"
        value={next}
        error={nextError}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      {change.isError ? <ProblemNotice error={change.error} /> : undefined}
      <div>
        <Button type="submit" variant="default" aria-disabled={change.isPending}>
          {t('account.change')}
        </Button>
      </div>
    </form>
  );
}
