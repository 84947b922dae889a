import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { findingsQuery } from '../../api/findings.ts';
import { useAbilities } from '../../api/session-context.ts';
import type { Finding, TriageStatus } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { FilterBar } from './filter-bar.tsx';
import { FindingDetails } from './finding-details.tsx';
import type { FindingFilters } from './finding-filters.ts';
import { FindingsTable } from './findings-table.tsx';
import styles from './findings.module.css';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { TriageBar } from './triage-bar.tsx';
import { TriageDialog } from './triage-dialog.tsx';
import { useFindingKeys } from './use-finding-keys.ts';
import { useIsWide } from './use-is-wide.ts';
import { useTriage } from './use-triage.ts';

/** Properties of {@link FindingsView}. */
export interface FindingsViewProps {
  readonly filters: FindingFilters;
  readonly onFilters: (filters: FindingFilters) => void;
  /** Only this scan's findings. */
  readonly scanId?: string;
  /** Asks for the first page again while a scan is adding findings. */
  readonly isLive?: boolean;
}

const liveRefreshMs = 2500;

interface Asking {
  readonly status: Exclude<TriageStatus, 'open' | 'confirmed'>;
  readonly findings: readonly Finding[];
}

/** Findings as a table with filters, a reading pane, and triage by mouse or keyboard, one or many at a time. */
export function FindingsView({ filters, onFilters, scanId, isLive }: FindingsViewProps): React.JSX.Element {
  const { t } = useTexts();
  const { canTriage } = useAbilities();
  const isWide = useIsWide();
  const search = useRef<HTMLInputElement>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...findingsQuery(filters, scanId),
    refetchInterval: isLive ? liveRefreshMs : false,
    placeholderData: (previous) => previous,
  });
  const findings = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const total = data?.pages[0]?.total;

  const [activeId, setActiveId] = useState<string>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking>();
  const [overlay, setOverlay] = useState<'shortcuts' | 'details'>();
  const triage = useTriage();

  const active = findings.find(({ id }) => id === activeId);
  const chosen = findings.filter(({ id }) => selected.has(id));

  const toggle = (id: string): void =>
    setSelected((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  const decide = (targets: readonly Finding[], status: TriageStatus): void => {
    if (!canTriage || targets.length === 0) return;
    if (status === 'open' || status === 'confirmed') {
      triage.mutate({ findings: targets, decision: { status } });
      setSelected(new Set());
    } else setAsking({ status, findings: targets });
  };

  const onKeyDown = useFindingKeys({
    findings,
    activeId,
    onMove: setActiveId,
    onToggle: toggle,
    onDecide: (status) => decide(chosen.length > 0 ? chosen : active ? [active] : [], status),
    onOpen: () => (isWide ? undefined : setOverlay('details')),
    onSearch: () => search.current?.focus(),
    onHelp: () => setOverlay('shortcuts'),
  });

  const details = active ? (
    <FindingDetails finding={active} onDecide={canTriage ? (status) => decide([active], status) : undefined} />
  ) : undefined;

  return (
    <div className={styles.view} onKeyDown={onKeyDown}>
      <FilterBar
        filters={filters}
        onChange={(next) => {
          setSelected(new Set());
          onFilters(next);
        }}
        total={total}
        searchRef={search}
        onHelp={() => setOverlay('shortcuts')}
      />
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : undefined}
      {triage.isError ? <ProblemNotice error={triage.error} /> : undefined}
      {data && findings.length === 0 ? (
        <NothingHere filters={filters} onFilters={onFilters} isLive={isLive === true} />
      ) : (
        <div className={styles.split}>
          <div className={styles.listSide}>
            {data ? (
              <FindingsTable
                findings={findings}
                group={filters.group ?? 'none'}
                activeId={activeId}
                selected={selected}
                canSelect={canTriage}
                isLoadingMore={isFetchingNextPage}
                rowCount={total}
                onActivate={(id) => {
                  setActiveId(id);
                  if (!isWide) setOverlay('details');
                }}
                onFocusRow={setActiveId}
                onToggle={toggle}
                onEnd={() => {
                  if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
                }}
              />
            ) : (
              <div className={styles.waiting}>
                {Array.from({ length: 9 }, (_, index) => (
                  <Skeleton key={index} h={38} />
                ))}
              </div>
            )}
          </div>
          {isWide ? (
            <aside className={styles.pane} aria-label={t('findings.details')}>
              {details ?? <p className={styles.paneEmpty}>{t('findings.nothingOpen')}</p>}
            </aside>
          ) : undefined}
        </div>
      )}
      {chosen.length > 0 ? (
        <TriageBar
          count={chosen.length}
          onDecide={(status) => decide(chosen, status)}
          onClear={() => setSelected(new Set())}
        />
      ) : undefined}
      {overlay === 'details' && details ? (
        <Dialog title={t('findings.details')} isSheet onClose={() => setOverlay(undefined)}>
          {details}
        </Dialog>
      ) : undefined}
      {overlay === 'shortcuts' ? <ShortcutsDialog onClose={() => setOverlay(undefined)} /> : undefined}
      {asking ? (
        <TriageDialog
          status={asking.status}
          count={asking.findings.length}
          onClose={() => setAsking(undefined)}
          onSave={(reason) => {
            triage.mutate({ findings: asking.findings, decision: { status: asking.status, reason } });
            setAsking(undefined);
            setSelected(new Set());
          }}
        />
      ) : undefined}
    </div>
  );
}

interface NothingHereProps {
  readonly filters: FindingFilters;
  readonly onFilters: (filters: FindingFilters) => void;
  readonly isLive: boolean;
}

function NothingHere({ filters, onFilters, isLive }: NothingHereProps): React.JSX.Element {
  const { t } = useTexts();
  const { sort, group, ...hiding } = filters;
  if (Object.keys(hiding).length > 0)
    return (
      <EmptyState
        title={t('findings.noMatch')}
        action={
          <button
            type="button"
            className={styles.plainButton}
            onClick={() => onFilters({ ...(sort ? { sort } : {}), ...(group ? { group } : {}) })}
          >
            {t('findings.clear')}
          </button>
        }
      >
        {t('findings.noMatchText')}
      </EmptyState>
    );
  return isLive ? (
    <EmptyState title={t('scan.waitingForFirst')}>{t('scan.waitingForFirstText')}</EmptyState>
  ) : (
    <EmptyState title={t('findings.empty')}>{t('findings.emptyText')}</EmptyState>
  );
}
