import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { renewRecoveryCodes, secondFactorQuery } from '../../../api/second-factor.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { useTexts } from '../../../i18n/texts.tsx';
import { useFactorTexts } from '../../../i18n/use-factor-texts.ts';
import { RecoveryCodesOnce } from './recovery-codes.tsx';
import styles from './second-factor.module.css';

/** Makes new recovery codes and shows them once. */
export function RenewCodesDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { t } = useTexts();
  const queries = useQueryClient();
  const renew = useMutation({
    mutationFn: renewRecoveryCodes,
    onSuccess: () => queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey }),
  });
  return (
    <Dialog title={tf('factor.codes')} onClose={onClose}>
      {renew.data ? (
        <RecoveryCodesOnce codes={renew.data.recoveryCodes} onClose={onClose} />
      ) : (
        <div className={styles.form}>
          <p className={styles.text}>{tf('factor.renewText')}</p>
          {renew.isError ? <ProblemNotice error={renew.error} /> : undefined}
          <div className={styles.actions}>
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button onClick={() => renew.mutate()} aria-disabled={renew.isPending}>
              {tf('factor.renew')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
