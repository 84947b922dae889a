import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { TriageStatus } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import type { PlainKey } from '../../i18n/message-keys.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './findings.module.css';

/** A decision that needs a reason. */
export type ReasonedStatus = Exclude<TriageStatus, 'open' | 'confirmed'>;

/** Properties of {@link TriageDialog}. */
export interface TriageDialogProps {
  readonly status: ReasonedStatus;
  readonly count: number;
  readonly onSave: (reason: string) => void;
  readonly onClose: () => void;
}

const quickReasons: Readonly<Record<ReasonedStatus, readonly PlainKey[]>> = {
  false_positive: ['triage.quick.testData', 'triage.quick.example', 'triage.quick.lookalike'],
  accepted_risk: ['triage.quick.consent', 'triage.quick.protected', 'triage.quick.retention'],
  fixed: ['triage.quick.removed', 'triage.quick.encrypted', 'triage.quick.rotated'],
};

/** Asks why; the usual reasons are one key away. */
export function TriageDialog({ status, count, onSave, onClose }: TriageDialogProps): React.JSX.Element {
  const { t, tn } = useTexts();
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const isMissing = reason.trim() === '';
  return (
    <Dialog title={t(`triage.ask.${status}`)} onClose={onClose}>
      <form
        className={styles.details}
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (!isMissing) onSave(reason.trim());
        }}
      >
        <div className={styles.chips}>
          {quickReasons[status].map((key) => (
            <button
              key={key}
              type="button"
              className={styles.chip}
              aria-pressed={reason === t(key)}
              onClick={() => setReason(t(key))}
            >
              {t(key)}
            </button>
          ))}
        </div>
        <Textarea
          label={t('triage.reason')}
          description={t('triage.reasonHint')}
          value={reason}
          error={isChecked && isMissing ? t('triage.reasonMissing') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
          rows={3}
          maxLength={1000}
          data-autofocus
        />
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit">{tn('triage.apply', count)}</Button>
        </div>
      </form>
    </Dialog>
  );
}
