import type { Queryable } from '../queryable.ts';

/** A table's size, how it grows and what lies waste in it. */
export interface TableFigures {
  /** With its schema where that is not `public`. */
  readonly name: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly indexBytes: number;
  readonly deadRowRatio: number;
  /** Estimate of the space in the table that holds no row, from row count and mean widths; 0 where unknown. */
  readonly wastedBytes: number;
  /** Share of updates that had to touch no index; `null` without updates. */
  readonly hotUpdateRatio: number | null;
  readonly writeCount: number;
  /** From the earlier reading, when it is at least an hour older; `null` otherwise. */
  readonly growthBytesPerDay: number | null;
  /** Epoch milliseconds. */
  readonly lastVacuumAt: number | null;
}

/** The tables at one moment. */
export interface TableReport {
  readonly takenAt: number;
  /** The largest first. */
  readonly tables: readonly TableFigures[];
}

interface TableRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly row_count: number;
  readonly size_bytes: string;
  readonly index_bytes: string;
  readonly dead: number;
  readonly expected_bytes: number | null;
  readonly updated: number;
  readonly hot_updated: number;
  readonly written: number;
  readonly vacuumed_ms: number | null;
  readonly now_ms: number;
}

/** Bytes of a row's header and of its pointer, and of a page's header (PostgreSQL 18, section 66.6). */
const TABLES = `
  select n.nspname as schema_name, c.relname as table_name, greatest(c.reltuples, 0)::float8 as row_count,
         pg_table_size(c.oid) as size_bytes, pg_indexes_size(c.oid) as index_bytes,
         (coalesce(s.n_dead_tup, 0) / greatest(s.n_live_tup + s.n_dead_tup, 1)::float8)::float8 as dead,
         (select ceil(greatest(c.reltuples, 0) * (28 + sum(a.avg_width * (1 - a.null_frac))) / (8192 - 24)) * 8192
            from pg_stats a where a.schemaname = n.nspname and a.tablename = c.relname)::float8 as expected_bytes,
         coalesce(s.n_tup_upd, 0)::float8 as updated, coalesce(s.n_tup_hot_upd, 0)::float8 as hot_updated,
         (coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0))::float8 as written,
         (extract(epoch from greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::float8 as vacuumed_ms,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_user_tables s on s.relid = c.oid
   where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     and n.nspname not like 'pg_temp%' and n.nspname not like 'dgopt_%'
   order by pg_table_size(c.oid) + pg_indexes_size(c.oid) desc limit 200`;

const SHORTEST_GROWTH_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** @param previous An earlier report, for growth. */
export async function tableReport(database: Queryable, previous?: TableReport): Promise<TableReport> {
  const { rows } = await database.query<TableRow>(TABLES);
  const takenAt = rows[0]?.now_ms ?? 0;
  const former = new Map(previous?.tables.map((table) => [table.name, table]));
  const sinceMs = takenAt - (previous?.takenAt ?? takenAt);
  return {
    takenAt,
    tables: rows.map((row) => {
      const name = row.schema_name === 'public' ? row.table_name : `${row.schema_name}.${row.table_name}`;
      const sizeBytes = Number(row.size_bytes);
      const formerBytes = former.get(name)?.sizeBytes;
      return {
        name,
        rowCount: row.row_count,
        sizeBytes,
        indexBytes: Number(row.index_bytes),
        deadRowRatio: row.dead,
        wastedBytes: row.expected_bytes === null ? 0 : Math.max(0, Math.round(sizeBytes - row.expected_bytes)),
        hotUpdateRatio: row.updated === 0 ? null : row.hot_updated / row.updated,
        writeCount: row.written,
        growthBytesPerDay:
          formerBytes === undefined || sinceMs < SHORTEST_GROWTH_MS
            ? null
            : ((sizeBytes - formerBytes) / sinceMs) * DAY_MS,
        lastVacuumAt: row.vacuumed_ms,
      };
    }),
  };
}
