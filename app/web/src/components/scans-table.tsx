import { Link } from '@tanstack/react-router';
import type { Scan } from '../api/types.ts';
import { useTexts } from '../i18n/texts.tsx';
import { ScanStatusBadge, isScanActive } from './scan-status.tsx';
import styles from './scans-table.module.css';
import { SeverityCounts } from './severity-counts.tsx';
import { SourceLabel } from './source-label.tsx';

/** Scans with state, result and time; a running one shows how far it is. */
export function ScansTable({ scans }: { readonly scans: readonly Scan[] }): React.JSX.Element {
  const { t, format } = useTexts();
  return (
    <table className={`table ${styles.table}`}>
      <thead>
        <tr>
          <th scope="col">{t('scans.name')}</th>
          <th scope="col">{t('scans.status')}</th>
          <th scope="col">{t('scans.findings')}</th>
          <th scope="col" className={styles.wideOnly}>
            {t('scans.when')}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {t('scans.duration')}
          </th>
        </tr>
      </thead>
      <tbody>
        {scans.map((scan) => (
          <tr key={scan.id}>
            <td>
              <Link to="/scans/$scanId" params={{ scanId: scan.id }} className="strongLink">
                {scan.name}
              </Link>
              <div className={styles.source}>
                <SourceLabel source={scan.source} />
              </div>
            </td>
            <td>
              <ScanStatusBadge status={scan.status} />
              {isScanActive(scan.status) ? <Share scan={scan} /> : undefined}
            </td>
            <td>
              <SeverityCounts counts={scan.counts} />
            </td>
            <td className={styles.wideOnly} title={format.dateTime(scan.createdAt)}>
              {format.ago(scan.createdAt)}
            </td>
            <td className={styles.wideOnly}>
              {scan.startedAt && scan.finishedAt
                ? format.duration(new Date(scan.finishedAt).getTime() - new Date(scan.startedAt).getTime())
                : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Share({ scan }: { readonly scan: Scan }): React.JSX.Element | undefined {
  const { format } = useTexts();
  const { doneBytes, totalBytes } = scan.progress;
  if (!totalBytes) return undefined;
  return <span className={styles.share}>{format.percent(Math.min(1, doneBytes / totalBytes))}</span>;
}
