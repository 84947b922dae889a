import { Button } from '@mantine/core';
import type { TriageStatus } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.tsx';
import { triageStatuses } from './finding-filters.ts';
import styles from './findings.module.css';

/** Properties of {@link TriageBar}. */
export interface TriageBarProps {
  readonly count: number;
  /** How many findings match the filters. */
  readonly total: number | undefined;
  /** Selects everything that matches, loaded or not. */
  readonly onAll: () => void;
  readonly onDecide: (status: TriageStatus) => void;
  readonly onClear: () => void;
}

/** Decisions for everything that is selected, at the foot of the window. */
export function TriageBar({ count, total, onAll, onDecide, onClear }: TriageBarProps): React.JSX.Element {
  const { t, tn } = useTexts();
  return (
    <div className={styles.triageBar} role="toolbar" aria-label={t('findings.status')}>
      <span className={styles.triageCount} role="status">
        {tn('findings.selected', count)}
      </span>
      {total !== undefined && total > count ? (
        <button type="button" className={styles.plainButton} onClick={onAll}>
          {tn('findings.selectAll', total)}
        </button>
      ) : undefined}
      {triageStatuses
        .filter((status) => status !== 'open')
        .map((status) => (
          <Button key={status} size="xs" variant="default" onClick={() => onDecide(status)}>
            {t(`triage.do.${status}`)}
          </Button>
        ))}
      <button type="button" className={styles.plainButton} onClick={onClear}>
        {t('findings.clearSelection')}
      </button>
    </div>
  );
}
