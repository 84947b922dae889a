import type { Severity } from '../api/types.ts';
import type { PlainKey } from '../i18n/message-keys.ts';
import { useTexts } from '../i18n/texts.tsx';
import styles from './severity.module.css';

/** Severities from worst to least. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The name of each severity. */
export const severityNames: Readonly<Record<Severity, PlainKey>> = {
  critical: 'severity.critical',
  high: 'severity.high',
  medium: 'severity.medium',
  low: 'severity.low',
};

/** A severity as a word with its mark; the mark's shape differs too, so colour is not the only sign. */
export function SeverityBadge({ severity }: { readonly severity: Severity }): React.JSX.Element {
  const { t } = useTexts();
  return (
    <span className={styles.badge} data-severity={severity}>
      <SeverityMark severity={severity} />
      {t(severityNames[severity])}
    </span>
  );
}

const filledBars: Readonly<Record<Severity, number>> = { low: 1, medium: 2, high: 3, critical: 4 };

/** Four bars, as many filled as the severity is high. */
export function SeverityMark({ severity }: { readonly severity: Severity }): React.JSX.Element {
  return (
    <svg className={styles.mark} data-severity={severity} width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          x={bar * 3.6}
          y={8 - bar * 2.6}
          width="2.6"
          height={4 + bar * 2.6}
          rx="1"
          opacity={bar < filledBars[severity] ? 1 : 0.22}
        />
      ))}
    </svg>
  );
}
