import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Suspense, lazy, useMemo, useRef, useState } from 'react';
import { type TriageTarget, findingsQuery } from '../../api/findings.ts';
import { useAbilities } from '../../api/session-context.ts';
import type { TriageDecision, TriageStatus } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { FilterBar } from './filter-bar.tsx';
import { FindingDetails } from './finding-details.tsx';
import type { FindingFilters } from './finding-filters.ts';
import { FindingsTable } from './findings-table.tsx';
import styles from './findings.module.css';
import { TriageBar } from './triage-bar.tsx';
import type { ReasonedStatus } from './triage-dialog.tsx';
import { useFindingKeys } from './use-finding-keys.ts';
import { useIsWide } from './use-is-wide.ts';
import { useTriage } from './use-triage.ts';

const ShortcutsDialog = lazy(() =>
  import('./shortcuts-dialog.tsx').then((module) => ({ default: module.ShortcutsDialog })),
);
const TriageDialog = lazy(() => import('./triage-dialog.tsx').then((module) => ({ default: module.TriageDialog })));

/** Properties of {@link FindingsView}. */
export interface FindingsViewProps {
  readonly filters: FindingFilters;
  readonly onFilters: (filters: FindingFilters) => void;
  /** Only this scan's findings. */
  readonly scanId?: string;
  /** The scan is still adding findings. */
  readonly isLive?: boolean;
}

/** What a decision will be about. */
interface Choice {
  readonly target: TriageTarget;
  readonly count: number;
}

interface Asking extends Choice {
  readonly status: ReasonedStatus;
}

/** Findings as a table with filters, a reading pane, and triage by mouse or keyboard, one or many at a time. */
export function FindingsView({ filters, onFilters, scanId, isLive }: FindingsViewProps): React.JSX.Element {
  const { t } = useTexts();
  const { canTriage } = useAbilities();
  const isWide = useIsWide();
  const search = useRef<HTMLInputElement>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...findingsQuery(filters, scanId),
    placeholderData: (previous) => previous,
  });
  const findings = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const total = data?.pages[0]?.total;

  const [activeId, setActiveId] = useState<string>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAllMatching, setAllMatching] = useState(false);
  const [asking, setAsking] = useState<Asking>();
  const [overlay, setOverlay] = useState<'shortcuts' | 'details'>();
  const triage = useTriage();

  const active = findings.find(({ id }) => id === activeId);
  const chosen = findings.filter(({ id }) => selected.has(id));

  const toggle = (id: string): void => {
    setAllMatching(false);
    setSelected((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };

  const clearSelection = (): void => {
    setSelected(new Set());
    setAllMatching(false);
  };
  const changeFilters = (next: FindingFilters): void => {
    clearSelection();
    setOverlay(undefined);
    onFilters(next);
  };
  const send = (choice: Choice, decision: TriageDecision): void => {
    triage.mutate({ ...choice, decision });
    clearSelection();
  };
  const decide = (choice: Choice, status: TriageStatus): void => {
    if (!canTriage || choice.count === 0) return;
    if (status === 'open' || status === 'confirmed') send(choice, { status });
    else setAsking({ ...choice, status });
  };
  const onlyActive: Choice = { target: { ids: active ? [active.id] : [] }, count: active ? 1 : 0 };
  const selection: Choice = isAllMatching
    ? { target: { filters, scanId }, count: total ?? 0 }
    : { target: { ids: chosen.map(({ id }) => id) }, count: chosen.length };

  const onKeyDown = useFindingKeys({
    findings,
    activeId,
    onMove: setActiveId,
    onToggle: toggle,
    onDecide: (status) => decide(selection.count > 0 ? selection : onlyActive, status),
    onOpen: () => (isWide ? undefined : setOverlay('details')),
    onSearch: () => search.current?.focus(),
    onHelp: () => setOverlay('shortcuts'),
  });

  const details = active ? (
    <FindingDetails
      finding={active}
      onDecide={canTriage ? (status) => decide(onlyActive, status) : undefined}
      onType={(type) => changeFilters({ ...filters, type })}
    />
  ) : undefined;

  return (
    <div className={styles.view} onKeyDown={onKeyDown}>
      <FilterBar
        filters={filters}
        onChange={changeFilters}
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
      {selection.count > 0 ? (
        <TriageBar
          count={selection.count}
          total={total}
          onAll={() => setAllMatching(true)}
          onDecide={(status) => decide(selection, status)}
          onClear={clearSelection}
        />
      ) : undefined}
      {overlay === 'details' && details ? (
        <Dialog title={t('findings.details')} isSheet onClose={() => setOverlay(undefined)}>
          {details}
        </Dialog>
      ) : undefined}
      <Suspense>
        {overlay === 'shortcuts' ? <ShortcutsDialog onClose={() => setOverlay(undefined)} /> : undefined}
        {asking ? (
          <TriageDialog
            status={asking.status}
            count={asking.count}
            onClose={() => setAsking(undefined)}
            onSave={(reason) => {
              send(asking, { status: asking.status, reason });
              setAsking(undefined);
            }}
          />
        ) : undefined}
      </Suspense>
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
