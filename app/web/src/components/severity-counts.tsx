import type { Severity } from '../api/types.ts';
import { useTexts } from '../i18n/texts.tsx';
import { SeverityMark, severities, severityNames } from './severity.tsx';
import styles from './severity.module.css';

/** Counts per severity in one line; zeroes are left out. */
export function SeverityCounts({ counts }: { readonly counts: Readonly<Record<Severity, number>> }): React.JSX.Element {
  const { t, format } = useTexts();
  const present = severities.filter((severity) => counts[severity] > 0);
  if (present.length === 0) return <span className="dim">0</span>;
  return (
    <span className={styles.counts}>
      {present.map((severity) => (
        <span key={severity} className={styles.count} title={t(severityNames[severity])}>
          <SeverityMark severity={severity} />
          <span className="visuallyHidden">{t(severityNames[severity])}</span>
          {format.number(counts[severity])}
        </span>
      ))}
    </span>
  );
}
