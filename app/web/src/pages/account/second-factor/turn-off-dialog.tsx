import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { secondFactorQuery, turnSecondFactorOff } from '../../../api/second-factor.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { useNotify } from '../../../components/toaster.tsx';
import { useTexts } from '../../../i18n/texts.tsx';
import { useFactorTexts } from '../../../i18n/use-factor-texts.ts';
import styles from './second-factor.module.css';

/** Confirms, then turns the own second factor off. */
export function TurnOffDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { t } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  const turnOff = useMutation({
    mutationFn: turnSecondFactorOff,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
      notify(tf('factor.offDone'));
      onClose();
    },
  });
  return (
    <Dialog title={tf('factor.offTitle')} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.text}>{tf('factor.offText')}</p>
        {turnOff.isError ? <ProblemNotice error={turnOff.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button onClick={() => turnOff.mutate()} aria-disabled={turnOff.isPending}>
            {tf('factor.turnOff')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
