import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { scansQuery } from '../../api/scans.ts';
import type { Scan } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { IconDownload } from '../../components/icons.ts';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ReportLinks } from '../../components/report-links.tsx';
import { isScanActive } from '../../components/scan-status.tsx';
import { SeverityCounts } from '../../components/severity-counts.tsx';
import { useAbilities } from '../../api/session-context.ts';
import { useTexts } from '../../i18n/texts.tsx';

/** A report for each finished scan. */
export function ReportsPage(): React.JSX.Element {
  const { t, format } = useTexts();
  const { canScan } = useAbilities();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(scansQuery);
  const [open, setOpen] = useState<Scan>();
  const scans = data?.pages.flatMap(({ items }) => items).filter(({ status }) => !isScanActive(status));

  return (
    <Page title={t('shell.reports')} lead={t('reports.lead')}>
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {scans?.length === 0 ? (
        <EmptyState
          title={t('reports.empty')}
          action={
            canScan ? (
              <Button component={Link} to="/scans/new">
                {t('scans.new')}
              </Button>
            ) : undefined
          }
        >
          {t('reports.emptyText')}
        </EmptyState>
      ) : (
        <Panel title={t('shell.reports')} isFlush>
          {scans ? (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('scans.name')}</th>
                  <th scope="col">{t('scans.findings')}</th>
                  <th scope="col">{t('scans.when')}</th>
                  <th scope="col">
                    <span className="visuallyHidden">{t('reports.download')}</span>
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
                    </td>
                    <td>
                      <SeverityCounts counts={scan.counts} />
                    </td>
                    <td>{format.date(scan.finishedAt ?? scan.createdAt)}</td>
                    <td className="numeric">
                      <Button
                        size="xs"
                        variant="default"
                        leftSection={<IconDownload size={15} aria-hidden="true" />}
                        aria-label={`${t('scan.report')}: ${scan.name}`}
                        onClick={() => setOpen(scan)}
                      >
                        {t('scan.report')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <Skeleton h={320} radius={0} />
          )}
        </Panel>
      )}
      {hasNextPage ? (
        <div>
          <Button variant="default" onClick={() => void fetchNextPage()}>
            {t('scans.more')}
          </Button>
        </div>
      ) : undefined}
      {open ? (
        <Dialog title={open.name} onClose={() => setOpen(undefined)}>
          <ReportLinks scan={open} />
        </Dialog>
      ) : undefined}
    </Page>
  );
}
