import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery } from '../../api/scans.ts';
import { useAbilities } from '../../api/session-context.ts';
import type { Overview } from '../../api/types.ts';
import { IconPlus } from '../../components/icons.ts';
import { BarList } from '../../components/charts/bar-list.tsx';
import { TrendChart } from '../../components/charts/trend-chart.tsx';
import { isScanActive } from '../../components/scan-status.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ScansTable } from '../../components/scans-table.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './overview.module.css';
import { RiskPanel } from './risk-panel.tsx';
import { SeverityTiles } from './severity-tiles.tsx';
import { Welcome } from './welcome.tsx';

const refreshMs = 5000;

/** Risk at a glance: the score and why, what is open, how it moved, where it is, and the last scans. */
export function OverviewPage(): React.JSX.Element {
  const { t } = useTexts();
  const { canScan } = useAbilities();
  const { data, error, refetch } = useQuery({
    ...overviewQuery,
    refetchInterval: ({ state }) =>
      state.data?.recentScans.some(({ status }) => isScanActive(status)) ? refreshMs : false,
  });
  const isEmpty = data?.recentScans.length === 0;
  return (
    <Page
      title={t('shell.overview')}
      lead={isEmpty ? undefined : t('overview.lead')}
      actions={
        canScan && !isEmpty ? (
          <Button component={Link} to="/scans/new" leftSection={<IconPlus size={16} aria-hidden="true" />}>
            {t('scans.new')}
          </Button>
        ) : undefined
      }
    >
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {isEmpty ? <Welcome /> : data ? <Glance overview={data} /> : error ? undefined : <Waiting />}
    </Page>
  );
}

function Glance({ overview }: { readonly overview: Overview }): React.JSX.Element {
  const { t } = useTexts();
  const { risk, counts, trend, categories, recentScans } = overview;
  return (
    <>
      <div className={styles.top}>
        <RiskPanel risk={risk} />
        <SeverityTiles counts={counts} />
      </div>
      <div className={styles.middle}>
        <Panel title={t('overview.trend')}>
          {trend.length > 1 ? (
            <TrendChart points={trend} label={t('overview.trendLabel')} />
          ) : (
            <p className={styles.quiet}>{t('overview.trendEmpty')}</p>
          )}
        </Panel>
        <Panel title={t('overview.categories')}>
          <BarList
            bars={categories
              .filter(({ count }) => count > 0)
              .map(({ category, count }) => ({
                key: category,
                label: t(`category.${category}`),
                count,
                search: { category },
              }))}
          />
        </Panel>
      </div>
      <Panel
        title={t('overview.recent')}
        isFlush
        actions={
          <Link to="/scans" className={styles.more}>
            {t('overview.allScans')}
          </Link>
        }
      >
        <ScansTable scans={recentScans} />
      </Panel>
    </>
  );
}

/** The shape of the page while its figures are on their way, so that nothing jumps when they come. */
function Waiting(): React.JSX.Element {
  return (
    <>
      <div className={styles.top}>
        <Skeleton h={232} radius={12} />
        <Skeleton h={232} radius={12} />
      </div>
      <div className={styles.middle}>
        <Skeleton h={256} radius={12} />
        <Skeleton h={256} radius={12} />
      </div>
      <Skeleton h={260} radius={12} />
    </>
  );
}
