import { Link } from '@tanstack/react-router';
import type { Severity } from '../../api/types.ts';
import { Panel } from '../../components/panel.tsx';
import { SeverityBadge, severities } from '../../components/severity.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './overview.module.css';

/** Open findings by severity, each a way into the findings. */
export function SeverityTiles({ counts }: { readonly counts: Readonly<Record<Severity, number>> }): React.JSX.Element {
  const { t, tn, format } = useTexts();
  const total = severities.reduce((sum, severity) => sum + counts[severity], 0);
  return (
    <Panel title={t('overview.open')} note={tn('findings.count', total)}>
      <div className={styles.tiles}>
        {severities.map((severity) => (
          <Link
            key={severity}
            to="/findings"
            search={{ severity: [severity], status: ['open', 'confirmed'] }}
            className={styles.tile}
          >
            <SeverityBadge severity={severity} />
            <span className={styles.tileCount}>{format.number(counts[severity])}</span>
          </Link>
        ))}
      </div>
    </Panel>
  );
}
