import { Skeleton } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Scan } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { IconArrowLeft } from '../../components/icons.ts';
import { Page } from '../../components/page.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ScanStatusBadge, isScanActive } from '../../components/scan-status.tsx';
import { SourceLabel } from '../../components/source-label.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { hasFilter } from '../findings/finding-filters.ts';
import { FindingsView } from '../findings/findings-view.tsx';
import { ScanActions } from './scan-actions.tsx';
import { ScanProgress } from './scan-progress.tsx';
import styles from './scan.module.css';
import { SkippedItems } from './skipped-items.tsx';
import { useLiveScan } from './use-live-scan.ts';

/** One scan: live progress while it runs, its findings, and what it could not read. */
export function ScanPage(): React.JSX.Element {
  const { t, format } = useTexts();
  const { scanId } = useParams({ from: '/scans/$scanId' });
  const { scan, error, refetch, stream, samples } = useLiveScan(scanId);

  const back = (
    <Link to="/scans" className={styles.back}>
      <IconArrowLeft size={15} aria-hidden="true" />
      {t('scan.back')}
    </Link>
  );
  if (!scan)
    return (
      <Page title={t('scans.name')} back={back}>
        {error ? <ProblemNotice error={error} onRetry={refetch} /> : <Skeleton h={180} radius={12} />}
      </Page>
    );

  return (
    <Page
      title={scan.name}
      back={back}
      lead={
        <span className={styles.lead}>
          <ScanStatusBadge status={scan.status} />
          <SourceLabel source={scan.source} />
          <span>{t('scan.byOn', { person: scan.createdBy?.email ?? '–', when: format.dateTime(scan.createdAt) })}</span>
        </span>
      }
      actions={<ScanActions scan={scan} />}
    >
      <ScanProgress scan={scan} samples={samples} stream={stream} />
      <ScanFindings scan={scan} />
      {scan.progress.skippedItems > 0 ? (
        <SkippedItems scanId={scan.id} count={scan.progress.skippedItems} />
      ) : undefined}
    </Page>
  );
}

function ScanFindings({ scan }: { readonly scan: Scan }): React.JSX.Element {
  const { t } = useTexts();
  const filters = useSearch({ from: '/scans/$scanId' });
  const navigate = useNavigate({ from: '/scans/$scanId' });
  const isActive = isScanActive(scan.status);
  const isClean = scan.status === 'completed' && Object.values(scan.counts).every((count) => count === 0);
  if (isClean && !hasFilter(filters)) return <EmptyState title={t('scan.clean')}>{t('scan.cleanText')}</EmptyState>;
  return (
    <section aria-label={t('findings.table')}>
      <FindingsView
        scanId={scan.id}
        isLive={isActive}
        filters={filters}
        onFilters={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
    </section>
  );
}
