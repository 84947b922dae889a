import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { scansQuery } from '../../api/scans.ts';
import { useAbilities } from '../../api/session-context.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { IconPlus } from '../../components/icons.ts';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SampleScanButton } from '../../components/sample-scan-button.tsx';
import { isScanActive } from '../../components/scan-status.tsx';
import { ScansTable } from '../../components/scans-table.tsx';
import { useTexts } from '../../i18n/texts.tsx';

const refreshMs = 3000;

/** Every scan of the organisation the person may see, newest first. */
export function ScansPage(): React.JSX.Element {
  const { t } = useTexts();
  const { canScan } = useAbilities();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...scansQuery,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(({ status }) => isScanActive(status))) ? refreshMs : false,
  });
  const scans = data?.pages.flatMap(({ items }) => items);

  return (
    <Page
      title={t('shell.scans')}
      lead={t('scans.lead')}
      actions={
        canScan ? (
          <Button component={Link} to="/scans/new" leftSection={<IconPlus size={16} aria-hidden="true" />}>
            {t('scans.new')}
          </Button>
        ) : undefined
      }
    >
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {scans?.length === 0 ? (
        <EmptyState title={t('scans.empty')} action={canScan ? <SampleScanButton /> : undefined}>
          {t(canScan ? 'scans.emptyText' : 'scans.emptyReader')}
        </EmptyState>
      ) : (
        <Panel title={t('shell.scans')} isFlush>
          {scans ? <ScansTable scans={scans} /> : <Skeleton h={320} radius={0} />}
        </Panel>
      )}
      {hasNextPage ? (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('scans.more')}
          </Button>
        </div>
      ) : undefined}
    </Page>
  );
}
