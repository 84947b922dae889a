import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  offerSecondFactor,
  secondFactorQuery,
  type SecondFactorOffer,
  turnSecondFactorOn,
} from '../../../api/second-factor.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { useTexts } from '../../../i18n/texts.tsx';
import { useFactorTexts } from '../../../i18n/use-factor-texts.ts';
import { RecoveryCodesOnce } from './recovery-codes.tsx';
import styles from './second-factor.module.css';

/** Modules of nothing around a QR code, without which readers do not find it. */
const MARGIN = 4;
const DIGITS = /^\d{6}$/;

/** Shows the key, takes the first code, then shows the recovery codes once. */
export function SetUpDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { t } = useTexts();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const [isChecked, setChecked] = useState(false);
  // A secret is asked for once for each time that the dialog is opened.
  const offer = useQuery({
    queryKey: ['second-factor-offer'],
    queryFn: offerSecondFactor,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const turnOn = useMutation({ mutationFn: () => turnSecondFactorOn(code.replaceAll(/\s/g, '')) });
  const finish = (): void => {
    if (turnOn.isSuccess) void queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
    onClose();
  };
  const isWhole = DIGITS.test(code.replaceAll(/\s/g, ''));

  if (turnOn.data)
    return (
      <Dialog title={tf('factor.done')} onClose={finish}>
        <RecoveryCodesOnce codes={turnOn.data.recoveryCodes} onClose={finish} />
      </Dialog>
    );
  return (
    <Dialog title={tf('factor.title')} onClose={finish}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (isWhole && !turnOn.isPending) turnOn.mutate();
        }}
      >
        {offer.error ? <ProblemNotice error={offer.error} onRetry={() => void offer.refetch()} /> : undefined}
        {offer.data ? <Key offer={offer.data} /> : offer.error ? undefined : <Skeleton h={260} />}
        <TextInput
          label={tf('factor.step2')}
          inputMode="numeric"
          autoComplete="one-time-code"
          data-autofocus
          value={code}
          error={isChecked && !isWhole ? tf('factor.codeMissing') : undefined}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {turnOn.isError ? <ProblemNotice error={turnOn.error} /> : undefined}
        <div className={styles.actions}>
          <Button variant="default" onClick={finish}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" aria-disabled={turnOn.isPending}>
            {tf('factor.finish')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Key({ offer: { secret, qr } }: { readonly offer: SecondFactorOffer }): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const size = qr.size + 2 * MARGIN;
  return (
    <>
      <p className={styles.text}>{tf('factor.step1')}</p>
      <svg
        className={styles.qr}
        viewBox={`${-MARGIN} ${-MARGIN} ${size} ${size}`}
        role="img"
        aria-label={tf('factor.qr')}
        shapeRendering="crispEdges"
      >
        <rect x={-MARGIN} y={-MARGIN} width={size} height={size} fill="#fff" />
        <path d={qr.path} fill="#000" />
      </svg>
      <output className={styles.key} aria-label={tf('factor.key')}>
        {secret.match(/.{1,4}/g)?.join(' ')}
      </output>
    </>
  );
}
