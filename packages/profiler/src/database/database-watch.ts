import { lockWaits, queries, statementPlans, systemClock, type Clock } from '@dataguardian/telemetry';
import { maskLiterals, readScans } from './plan-reader.ts';

/** What the watch needs of a database. */
export interface DatabaseWatchOptions {
  /** Sends one statement; needs to see other sessions' statements (`pg_read_all_stats`, or the same role). */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly object[] }>;
  readonly clock?: Clock;
  /** A statement that takes this long is explained, and looked after for locks. @defaultValue 10 */
  readonly slowMs?: number;
  /** Distance between two looks at waiting sessions, while statements are slow. @defaultValue 1_000 */
  readonly lookEveryMs?: number;
}

/** How long looks go on after the last slow statement. */
const ALERT_MS = 30_000;
/** Plans are asked for again after this time: tables grow. */
const EXPLAIN_AGAIN_MS = 10 * 60_000;
const MOST_SHAPES = 500;
const OWN = /^\s*explain\b|\bpg_stat_activity\b|\bpg_class\b/i;
const EXPLAINABLE = /^\s*(?:select|with|update|delete)\b/i;

const WAITING = `
  select a.query as waiting_query,
         extract(epoch from clock_timestamp() - a.query_start) * 1000 as wait_ms,
         (select b.query from pg_stat_activity b where b.pid = any (pg_blocking_pids(a.pid)) limit 1) as blocking_query,
         (select l.relation::regclass::text from pg_locks l
           where l.pid = a.pid and l.locktype in ('relation', 'tuple') and l.relation is not null
           order by l.granted limit 1) as table_name
    from pg_stat_activity a
   where a.datname = current_database() and a.wait_event_type = 'Lock' and a.pid <> pg_backend_pid()`;

interface WaitingRow {
  readonly waiting_query: string;
  readonly wait_ms: number | string;
  readonly blocking_query: string | null;
  readonly table_name: string | null;
}

/**
 * Gathers what only the database knows, and publishes it as telemetry: plans of slow statements (generic plans, so no
 * value is needed), and sessions that wait for locks. It asks only while statements are slow; failures are left out.
 * Returns the way to stop.
 */
export function watchDatabase(options: DatabaseWatchOptions): () => void {
  const { query, clock = systemClock, slowMs = 10, lookEveryMs = 1_000 } = options;
  const explainedAt = new Map<string, number>();
  const fingerprints = new Map<string, string>();
  let slowAt = Number.NEGATIVE_INFINITY;
  let isLooking = false;

  const explain = async (fingerprint: string, statement: string): Promise<void> => {
    const scans = readScans(await readAnswer(query, `explain (generic_plan, format json) ${toParameters(statement)}`));
    const tables = [...new Set(scans.map(({ table }) => table))];
    if (tables.length === 0) return;
    const { rows } = await query('select relname, reltuples from pg_class where relname = any ($1)', [tables]);
    const sizes = new Map(
      rows.map((row) => [String(Reflect.get(row, 'relname')), Number(Reflect.get(row, 'reltuples'))]),
    );
    statementPlans.publish({
      fingerprint,
      statement,
      scans: scans.map((scan) => ({ ...scan, tableRowCount: Math.max(0, sizes.get(scan.table) ?? 0) })),
    });
  };

  const look = async (): Promise<void> => {
    // Columns are named in the statement above.
    const rows = (await query(WAITING)).rows as readonly WaitingRow[];
    const byBlocker = Map.groupBy(rows, ({ blocking_query: blocking }) => blocking);
    for (const row of rows) {
      const statement = maskLiterals(row.waiting_query);
      const fingerprint = fingerprints.get(statement);
      // A statement that this process never sent is another program's affair.
      if (fingerprint === undefined) continue;
      lockWaits.publish({
        fingerprint,
        statement,
        waitMs: Number(row.wait_ms),
        table: row.table_name ?? undefined,
        blockingStatement: maskLiterals(row.blocking_query ?? ''),
        waitingCount: byBlocker.get(row.blocking_query)?.length ?? 1,
      });
    }
  };

  const endQueries = queries.subscribe(({ fingerprint, statement, durationMs, waitMs, failed }) => {
    if (OWN.test(statement)) return;
    if (fingerprints.size < MOST_SHAPES) fingerprints.set(maskLiterals(statement), fingerprint);
    if (durationMs - waitMs < slowMs) return;
    const now = clock.monotonic();
    slowAt = now;
    const lastAt = explainedAt.get(fingerprint);
    if (failed || !EXPLAINABLE.test(statement) || (lastAt !== undefined && now - lastAt < EXPLAIN_AGAIN_MS)) return;
    if (explainedAt.size >= MOST_SHAPES) explainedAt.clear();
    explainedAt.set(fingerprint, now);
    // A shape that cannot be explained (lists, syntax of extensions) stays without a plan.
    explain(fingerprint, statement).catch(() => undefined);
  });

  const looking = clock.repeat(lookEveryMs, () => {
    if (isLooking || clock.monotonic() - slowAt > ALERT_MS) return;
    isLooking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  });

  return () => {
    endQueries();
    looking.cancel();
  };
}

async function readAnswer(query: DatabaseWatchOptions['query'], text: string): Promise<unknown> {
  const { rows } = await query(text);
  const [row] = rows;
  return row === undefined ? undefined : Reflect.get(row, 'QUERY PLAN');
}

/** Gives masked literals numbers of their own, so that the shape can be planned. */
function toParameters(statement: string): string {
  let next = Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  return statement.replaceAll(/(?<=[\s(,=<>])\?(?=[\s),;]|$)/g, () => `$${++next}`);
}
