import type { Queryable } from '../queryable.ts';
import { toFingerprint } from '../fingerprint.ts';

/** What the server counted for one statement between two looks, whoever sent it. */
export interface ServerStatement {
  readonly fingerprint: string;
  /** As `pg_stat_statements` normalises it. */
  readonly statement: string;
  readonly count: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rowCount: number;
  /** Pages found in the server's memory, of all that were asked for; 1 when none were. */
  readonly bufferHitRatio: number;
}

/** Reads `pg_stat_statements` in steps. */
export interface ServerStatements {
  /**
   * What happened since the last call, the most time first. The first call has nothing to compare with and gives an
   * empty list; undefined where the extension is absent or may not be read.
   */
  delta(): Promise<readonly ServerStatement[] | undefined>;
}

interface CounterRow {
  readonly key: string;
  readonly query: string;
  readonly calls: number;
  readonly total_ms: number;
  readonly row_count: number;
  readonly hits: number;
  readonly reads: number;
}

const COUNTERS = `
  select queryid || ':' || userid || ':' || toplevel as key, query, calls::float8 as calls,
         total_exec_time as total_ms, rows::float8 as row_count,
         shared_blks_hit::float8 as hits, shared_blks_read::float8 as reads
    from pg_stat_statements
   where dbid = (select oid from pg_database where datname = current_database()) and queryid is not null
   order by total_exec_time desc limit 1000`;

export function createServerStatements(database: Queryable): ServerStatements {
  let former: ReadonlyMap<string, CounterRow> | undefined;
  return {
    async delta() {
      const rows = await database.query<CounterRow>(COUNTERS).then(
        (result) => result.rows,
        () => undefined,
      );
      if (rows === undefined) return undefined;
      const base = former;
      former = new Map(rows.map((row) => [row.key, row]));
      if (base === undefined) return [];
      return rows
        .map((row) => toDelta(row, base.get(row.key)))
        .filter(({ count }) => count > 0)
        .toSorted((one, other) => other.totalMs - one.totalMs);
    },
  };
}

function toDelta(row: CounterRow, base: CounterRow | undefined): ServerStatement {
  // Fewer calls than before: the counters were reset in between.
  const from = base === undefined || base.calls > row.calls ? undefined : base;
  const count = row.calls - (from?.calls ?? 0);
  const totalMs = row.total_ms - (from?.total_ms ?? 0);
  const hits = row.hits - (from?.hits ?? 0);
  const reads = row.reads - (from?.reads ?? 0);
  return {
    fingerprint: toFingerprint(row.query).id,
    statement: row.query,
    count,
    totalMs,
    meanMs: count === 0 ? 0 : totalMs / count,
    rowCount: row.row_count - (from?.row_count ?? 0),
    bufferHitRatio: hits + reads === 0 ? 1 : hits / (hits + reads),
  };
}
