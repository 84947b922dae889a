import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { usersQuery } from '../../api/accounts.ts';
import { resetSecondFactor } from '../../api/second-factor.ts';
import type { User } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { useFactorTexts } from '../../i18n/use-factor-texts.ts';
import styles from './users.module.css';

/** Properties of {@link ResetFactorDialog}. */
export interface ResetFactorDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** Confirms, then turns the second factor of a user off who has lost it. */
export function ResetFactorDialog({ user, onClose }: ResetFactorDialogProps): React.JSX.Element {
  const { t } = useTexts();
  const { t: tf } = useFactorTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const { email } = user;
  const reset = useMutation({
    mutationFn: () => resetSecondFactor(user.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
      notify(tf('users.factorDone', { email }));
      onClose();
    },
  });
  return (
    <Dialog title={tf('users.factorTitle', { email })} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.text}>{tf('users.factorText')}</p>
        {reset.isError ? <ProblemNotice error={reset.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button onClick={() => reset.mutate()} aria-disabled={reset.isPending}>
            {tf('users.factor')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
