import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { confirmIdentity } from '../api/accounts.ts';
import { ApiProblem } from '../api/problem.ts';
import { useSession } from '../api/session-context.ts';
import { useTexts } from '../i18n/texts.tsx';
import { useFactorTexts } from '../i18n/use-factor-texts.ts';
import styles from './confirm-dialog.module.css';
import { Dialog } from './dialog.tsx';
import { ProblemNotice } from './problem-notice.tsx';

/** Properties of {@link ConfirmDialog}. */
export interface ConfirmDialogProps {
  /** Says whether the person proved who they are. */
  readonly onEnd: (isProved: boolean) => void;
}

/** Asks for the password of the signed-in person, and for a code where there is a second factor. */
export function ConfirmDialog({ onEnd }: ConfirmDialogProps): React.JSX.Element {
  const { t } = useTexts();
  const { t: tf } = useFactorTexts();
  const { me } = useSession();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const confirm = useMutation({
    mutationFn: () => confirmIdentity(password, code),
    onSuccess: () => onEnd(true),
    onError: (error) => {
      if (isForCode(error)) setNeedsCode(true);
    },
  });
  return (
    <Dialog title={t('confirm.title')} onClose={() => onEnd(false)}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (password !== '' && !confirm.isPending) confirm.mutate();
        }}
      >
        <p className={styles.text}>{t('confirm.text')}</p>
        <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
        <PasswordInput
          label={t('account.current')}
          autoComplete="current-password"
          data-autofocus
          value={password}
          error={isChecked && password === '' ? t('account.currentMissing') : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {needsCode ? (
          <TextInput
            label={tf('factor.code')}
            description={tf('factor.codeHint')}
            autoComplete="one-time-code"
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        ) : undefined}
        {confirm.isError && !isForCode(confirm.error) ? <ProblemNotice error={confirm.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={() => onEnd(false)}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" aria-disabled={confirm.isPending}>
            {t('confirm.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The server asks for the code only after the right password. */
function isForCode(error: Error): boolean {
  return error instanceof ApiProblem && error.problem.code === 'SECOND_FACTOR_NEEDED';
}
