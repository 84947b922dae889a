import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { changeUser } from '../../api/accounts.ts';
import type { User } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { PasswordOnce } from './password-once.tsx';
import styles from './users.module.css';

/** Properties of {@link ResetPasswordDialog}. */
export interface ResetPasswordDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** Confirms, sets a new password, and shows it once. */
export function ResetPasswordDialog({ user, onClose }: ResetPasswordDialogProps): React.JSX.Element {
  const { t } = useTexts();
  const reset = useMutation({ mutationFn: () => changeUser(user.id, { resetPassword: true }) });
  if (reset.data)
    return (
      <Dialog title={t('users.resetDone')} onClose={onClose}>
        <PasswordOnce email={user.email} password={reset.data.password ?? ''} onClose={onClose} />
      </Dialog>
    );
  return (
    <Dialog title={t('users.resetTitle', { email: user.email })} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.text}>{t('users.resetText')}</p>
        {reset.isError ? <ProblemNotice error={reset.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button onClick={() => reset.mutate()} aria-disabled={reset.isPending}>
            {t('users.reset')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
