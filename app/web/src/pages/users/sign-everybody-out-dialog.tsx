import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { revokeEverybody } from '../../api/accounts.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './users.module.css';

/** Confirms, then ends every session of the organisation but this one. */
export function SignEverybodyOutDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t, tn } = useTexts();
  const notify = useNotify();
  const revoke = useMutation({
    mutationFn: revokeEverybody,
    onSuccess: ({ endedCount }) => {
      notify(tn('users.everybodyDone', endedCount));
      onClose();
    },
  });
  return (
    <Dialog title={t('users.everybodyTitle')} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.text}>{t('users.everybodyText')}</p>
        {revoke.isError ? <ProblemNotice error={revoke.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button onClick={() => revoke.mutate()} aria-disabled={revoke.isPending}>
            {t('users.everybody')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
