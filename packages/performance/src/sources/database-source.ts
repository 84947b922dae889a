import type { DashboardSources } from '@dataguardian/dashboard';
import {
  captureLocks,
  tableReport,
  type Database,
  type IndexFinding,
  type PlanCapture,
  type StatementFigures,
  type StatementStatistics,
  type TableReport,
} from '@dataguardian/database';
import { queryInvalidations, type Clock } from '@dataguardian/telemetry';

type DatabaseView = Awaited<ReturnType<NonNullable<DashboardSources['database']>>>;
type StatementDetail = NonNullable<Awaited<ReturnType<NonNullable<DashboardSources['statement']>>>>;
type IndexVerdict = DatabaseView['indexes'][number]['verdict'];

/** What the view is made from. */
export interface DatabaseSourceOptions {
  readonly database: Database;
  /** With the rights to see other sessions and the catalogue. */
  readonly maintenance: Database;
  readonly statements: StatementStatistics;
  readonly plans: PlanCapture;
  /** The index advisor's latest findings. */
  readonly findings: () => readonly IndexFinding[];
  readonly minConnections: number;
  readonly clock: Clock;
}

/** The parts of the dashboard's sources that come from the database. */
export interface DatabaseSource extends Required<Pick<DashboardSources, 'database' | 'statement'>> {
  close(): void;
}

const STATEMENTS_SHOWN = 100;
const INDEXES_SHOWN = 30;
/** Sizes of tables and indexes change slowly and cost a look at every one. */
const REPORT_EVERY_MS = 60_000;

const VERDICTS: Readonly<Record<IndexFinding['kind'], IndexVerdict>> = {
  invalid: 'invalid',
  duplicate: 'duplicate',
  redundant: 'redundant',
  unused: 'unused',
  'blocks-hot': 'blocks-hot',
  bloated: 'bloated',
  'missing-foreign-key': 'missing',
  unmanaged: 'unmanaged',
  drift: 'unmanaged',
};

const INDEXES = `
  select s.indexrelname as name, s.relname as "table", pg_get_indexdef(s.indexrelid) as definition,
         pg_relation_size(s.indexrelid)::float8 as size_bytes, s.idx_scan::float8 as scan_count,
         (extract(epoch from s.last_idx_scan) * 1000)::float8 as last_used
    from pg_stat_user_indexes s order by pg_relation_size(s.indexrelid) desc limit 100`;

interface IndexRow {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
  readonly size_bytes: number;
  readonly scan_count: number;
  readonly last_used: number | null;
}

/** Reads the database for the dashboard; tables and indexes at most once a minute. */
export function createDatabaseSource(options: DatabaseSourceOptions): DatabaseSource {
  const { database, maintenance, statements, plans, findings, minConnections, clock } = options;
  let invalidations = 0;
  const unsubscribe = queryInvalidations.subscribe(() => {
    invalidations += 1;
  });
  let report: TableReport | undefined;
  let indexes: readonly IndexRow[] = [];
  let reportedAt = Number.NEGATIVE_INFINITY;

  const refreshReport = async (): Promise<void> => {
    if (clock.monotonic() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = clock.monotonic();
    report = await tableReport(maintenance, report);
    indexes = (await maintenance.query<IndexRow>(INDEXES)).rows;
  };

  const toFigures = (figures: StatementFigures): DatabaseView['statements'][number] => ({
    ...figures,
    hasPlan: plans.planOf(figures.fingerprint) !== undefined,
  });

  return {
    close: unsubscribe,
    async database() {
      await refreshReport();
      const { pool, holders, leakCount, proposedSize, queryCache } = database.statistics();
      const byIndex = new Map(findings().map((finding) => [finding.index, finding]));
      return {
        pool: {
          ...pool,
          min: minConnections,
          ...(proposedSize === undefined
            ? {}
            : {
                advised: {
                  size: proposedSize.connectionCount,
                  reason: { en: proposedSize.reason, nl: toDutch(proposedSize) },
                },
              }),
        },
        holders: holders.map((holder) => ({ ...holder, backendId: holder.backendId ?? null })),
        leakCount,
        statements: statements.top({ limit: STATEMENTS_SHOWN }).map(toFigures),
        cache: {
          state: queryCache === undefined ? 'off' : queryCache.state === 'open' ? 'on' : 'degraded',
          verdicts: sumVerdicts(statements.top({ limit: STATEMENTS_SHOWN })),
          entryCount: queryCache?.entries ?? 0,
          memoryBytes: queryCache?.bytes ?? 0,
          invalidationCount: invalidations,
        },
        indexes: [
          ...worthShowing(indexes, byIndex).map(({ name, table, definition, size_bytes, scan_count, last_used }) => {
            const finding = byIndex.get(name);
            return {
              name,
              table,
              definition,
              sizeBytes: size_bytes,
              scanCount: scan_count,
              lastUsedAt: last_used,
              verdict: finding === undefined ? ('used' as const) : VERDICTS[finding.kind],
              evidence: finding === undefined ? null : { en: finding.evidence, nl: finding.evidence },
            };
          }),
          ...findings()
            .filter(({ kind, index }) => kind === 'drift' && !indexes.some(({ name }) => name === index))
            .map(({ index, table, evidence }) => ({
              name: index,
              table,
              definition: '',
              sizeBytes: 0,
              scanCount: 0,
              lastUsedAt: null,
              verdict: 'missing' as const,
              evidence: { en: evidence, nl: evidence },
            })),
        ],
        locks: await captureLocks(maintenance),
        tables: report?.tables ?? [],
      };
    },
    async statement(fingerprint): Promise<StatementDetail | undefined> {
      const figures = statements.find(fingerprint);
      if (figures === undefined) return undefined;
      const plan = plans.planOf(fingerprint);
      const explained = await database.explainCaching(figures.statement).catch(() => undefined);
      return {
        statement: toFigures(figures),
        plan:
          plan === undefined
            ? null
            : { text: plan.text, capturedAt: plan.capturedAt, durationMs: plan.meanMs, json: plan.plan },
        caching: explained === undefined ? null : { en: explained.reason, nl: explained.reason },
      };
    },
  };
}

/** Those with a finding, then the largest that are used. One without either may just be new: nothing is said of it. */
function worthShowing(indexes: readonly IndexRow[], findings: ReadonlyMap<string, IndexFinding>): readonly IndexRow[] {
  const found = indexes.filter(({ name }) => findings.has(name));
  const used = indexes.filter(({ name, scan_count: scanCount }) => !findings.has(name) && scanCount > 0);
  return [...found, ...used].slice(0, INDEXES_SHOWN);
}

function sumVerdicts(all: readonly StatementFigures[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { verdicts } of all)
    for (const [name, count] of Object.entries(verdicts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** Why the pool should have that size, as the pool says it in English. */
function toDutch({ busyCount, measuredWaitMs, connectionCount, currentCount, predictedWaitMs }: SizeProposal): string {
  const measured = `Gemiddeld zijn ${inDutch(busyCount)} verbindingen bezet; aanvragers wachten ${inDutch(measuredWaitMs)} ms`;
  if (!Number.isFinite(predictedWaitMs)) return `${measured}. Meer verbindingen helpen niet: verkort wat ze vasthoudt.`;
  if (connectionCount === currentCount) return `${measured}. De grootte klopt.`;
  return `${measured}. Met ${connectionCount} verbindingen zouden ze ${inDutch(predictedWaitMs)} ms wachten.`;
}

const dutch = new Intl.NumberFormat('nl', { maximumSignificantDigits: 2 });

function inDutch(value: number): string {
  return dutch.format(value);
}

type SizeProposal = NonNullable<ReturnType<Database['statistics']>['proposedSize']>;
