import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { secondFactorQuery, type SecondFactorStatus } from '../../../api/second-factor.ts';
import { Panel } from '../../../components/panel.tsx';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { useTexts } from '../../../i18n/texts.tsx';
import { useFactorTexts } from '../../../i18n/use-factor-texts.ts';
import { RenewCodesDialog } from './renew-codes-dialog.tsx';
import { SetUpDialog } from './set-up-dialog.tsx';
import styles from './second-factor.module.css';
import { TurnOffDialog } from './turn-off-dialog.tsx';

type Open = 'set-up' | 'renew' | 'turn-off';

/** The person's second factor: how it stands, and what can be done about it. */
export function SecondFactor(): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { data, error, refetch } = useQuery(secondFactorQuery);
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  return (
    <Panel title={tf('factor.title')} note={tf('factor.note')}>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {data ? <Standing status={data} onOpen={setOpen} /> : error ? undefined : <Skeleton h={36} />}
      {open === 'set-up' ? <SetUpDialog onClose={close} /> : undefined}
      {open === 'renew' ? <RenewCodesDialog onClose={close} /> : undefined}
      {open === 'turn-off' ? <TurnOffDialog onClose={close} /> : undefined}
    </Panel>
  );
}

function Standing({
  status: { isOn, isRequired, recoveryCodesLeft },
  onOpen,
}: {
  readonly status: SecondFactorStatus;
  readonly onOpen: (open: Open) => void;
}): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { format } = useTexts();
  if (isOn)
    return (
      <div className={styles.row}>
        <span>{tf('factor.on', { count: format.number(recoveryCodesLeft) })}</span>
        <Button size="xs" variant="default" onClick={() => onOpen('renew')}>
          {tf('factor.renew')}
        </Button>
        {isRequired ? undefined : (
          <Button size="xs" variant="default" onClick={() => onOpen('turn-off')}>
            {tf('factor.turnOff')}
          </Button>
        )}
      </div>
    );
  return (
    <div className={styles.row}>
      <span>{tf(isRequired ? 'factor.required' : 'factor.off')}</span>
      <Button size="xs" onClick={() => onOpen('set-up')}>
        {tf('factor.setUp')}
      </Button>
    </div>
  );
}
