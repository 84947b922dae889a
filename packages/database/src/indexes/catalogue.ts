import type { Queryable } from '../queryable.ts';

/** A column as the planner knows it. */
export interface ColumnFigures {
  readonly name: string;
  /** `integer`, `text`, `jsonb` … */
  readonly type: string;
  /** Whether its order is that of its bytes, so that LIKE 'a%' can use a plain index. */
  readonly isByteOrder: boolean;
  readonly widthBytes: number;
  /** Different values; as many as rows when nothing is known. */
  readonly distinctCount: number;
  /** Of the order of values with the order on disk, -1..1. */
  readonly correlation: number;
}

/** An index that exists. */
export interface ExistingIndex {
  readonly name: string;
  readonly definition: string;
  readonly method: string;
  readonly isValid: boolean;
  readonly isUnique: boolean;
  /** Whether something rests on it: a constraint, a foreign key that points here, replication, the table's order. */
  readonly isNeeded: boolean;
  /** Key expressions with class, collation and order, in order. */
  readonly keys: readonly string[];
  /** The same without class and order. */
  readonly keyTerms: readonly string[];
  readonly included: readonly string[];
  readonly predicate: string;
  readonly options: string;
  readonly sizeBytes: number;
  readonly scanCount: number;
  /** Epoch milliseconds; `null` when never, or not told. */
  readonly lastUsedAt: number | null;
  readonly objectId: number;
}

/** Columns of a table that point to another one. */
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

/** A table that indexes can be advised for. */
export interface TableFacts {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  /** Whether its bare name finds it. */
  readonly isVisible: boolean;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly columns: ReadonlyMap<string, ColumnFigures>;
  readonly indexes: readonly ExistingIndex[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly updatedCount: number;
  readonly hotUpdatedCount: number;
}

/** What the advisor knows of a database. */
export interface Catalogue {
  readonly tables: readonly TableFacts[];
  readonly extensions: ReadonlySet<string>;
  /** Functions of which some variant is volatile. */
  readonly volatileFunctions: ReadonlySet<string>;
  /** How long the counters of use have been counting; undefined where it is not told. */
  readonly statisticsAgeMs: number | undefined;
  readonly replicaCount: number;
  readonly now: number;
}

const TABLES = `
  select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, pg_table_is_visible(c.oid) as visible,
         greatest(c.reltuples, 0)::float8 as rows, pg_table_size(c.oid)::float8 as size,
         coalesce(s.n_tup_upd, 0)::float8 as updated, coalesce(s.n_tup_hot_upd, 0)::float8 as hot_updated
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_user_tables s on s.relid = c.oid
   where c.relkind = 'r' and c.relpersistence <> 't' and not c.relispartition
     and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'dgopt_scratch%'
     and c.relname not like 'dgopt\\_%'
     and not exists (select 1 from pg_inherits i where i.inhparent = c.oid)`;

const COLUMNS = `
  select a.attrelid::int8::float8 as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
         coalesce(s.avg_width, case when a.attlen > 0 then a.attlen else 32 end)::float8 as width,
         coalesce(s.n_distinct, -1)::float8 as distinct_count, coalesce(s.correlation, 0)::float8 as correlation,
         (a.attcollation = 0 or l.collname in ('C', 'POSIX') or l.collprovider = 'b'
           or (l.collname = 'default' and d.datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8') and d.datlocprovider <> 'i')) as byte_order
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_database d on d.datname = current_database()
    left join pg_collation l on l.oid = a.attcollation
    left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
   where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
     and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by a.attrelid, a.attnum`;

/** One that is being built is invalid for now, and nobody's fault. */
const INDEXES = `
  select i.indrelid::int8::float8 as oid, i.indexrelid::int8::float8 as index_oid, c.relname as name,
         pg_get_indexdef(i.indexrelid) as definition, m.amname as method, i.indisvalid and i.indisready as valid,
         i.indisunique as is_unique,
         i.indisprimary or i.indisreplident or i.indisclustered or i.indisexclusion
           or exists (select 1 from pg_constraint k where k.conindid = i.indexrelid) as needed,
         array(select pg_get_indexdef(i.indexrelid, n, true) || ' ' || i.indclass[n - 1] || ' ' || i.indcollation[n - 1]
                 || ' ' || i.indoption[n - 1] from generate_series(1, i.indnkeyatts) n order by n) as keys,
         array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnkeyatts) n order by n) as terms,
         array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(i.indnkeyatts + 1, i.indnatts) n order by n)
           as included,
         coalesce(pg_get_expr(i.indpred, i.indrelid), '') as predicate,
         coalesce(array_to_string(c.reloptions, ','), '') || case when i.indnullsnotdistinct then ' nulls not distinct' else '' end
           as options,
         pg_relation_size(i.indexrelid)::float8 as size, coalesce(s.idx_scan, 0)::float8 as scans,
         (extract(epoch from s.last_idx_scan) * 1000)::float8 as used_at
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
   where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     and not exists (select 1 from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
   order by i.indrelid, c.relname`;

const FOREIGN_KEYS = `
  select k.conrelid::int8::float8 as oid, k.confrelid::regclass::text as parent,
         array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o)
                 join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by o) as columns,
         array(select a.attname::text from unnest(k.confkey) with ordinality u(n, o)
                 join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by o) as parent_columns
    from pg_constraint k where k.contype = 'f'`;

const SERVER = `
  select array(select extname::text from pg_extension) as extensions,
         array(select distinct proname::text from pg_proc where provolatile = 'v') as volatiles,
         (extract(epoch from clock_timestamp() - stats_reset) * 1000)::float8 as age_ms,
         (select count(*)::int from pg_stat_replication) as replicas,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from pg_stat_database where datname = current_database()`;

/** When the database's folder got its version file: as old as the database, and so as its counters if never reset. */
const DATABASE_AGE = `
  select (extract(epoch from clock_timestamp() - (pg_stat_file('base/' || oid || '/PG_VERSION')).modification) * 1000)::float8
           as age_ms from pg_database where datname = current_database()`;

interface Row {
  readonly oid: number;
  readonly [name: string]: unknown;
}

interface TableRow extends Row {
  readonly schema: string;
  readonly name: string;
  readonly visible: boolean;
  readonly rows: number;
  readonly size: number;
  readonly updated: number;
  readonly hot_updated: number;
}

interface ColumnRow extends Row {
  readonly name: string;
  readonly type: string;
  readonly width: number;
  readonly distinct_count: number;
  readonly correlation: number;
  readonly byte_order: boolean;
}

interface IndexRow extends Row {
  readonly index_oid: number;
  readonly name: string;
  readonly definition: string;
  readonly method: string;
  readonly valid: boolean;
  readonly is_unique: boolean;
  readonly needed: boolean;
  readonly keys: string[];
  readonly terms: string[];
  readonly included: string[];
  readonly predicate: string;
  readonly options: string;
  readonly size: number;
  readonly scans: number;
  readonly used_at: number | null;
}

interface ForeignKeyRow extends Row {
  readonly parent: string;
  readonly columns: string[];
  readonly parent_columns: string[];
}

interface ServerRow {
  readonly extensions: string[];
  readonly volatiles: string[];
  readonly age_ms: number | null;
  readonly replicas: number;
  readonly now_ms: number;
}

/** Reads tables, columns, indexes and foreign keys, and how old the counters of use are. */
export async function readCatalogue(sql: Queryable): Promise<Catalogue> {
  const tables = (await sql.query<TableRow>(TABLES)).rows;
  const columns = Map.groupBy((await sql.query<ColumnRow>(COLUMNS)).rows, ({ oid }) => oid);
  const indexes = Map.groupBy((await sql.query<IndexRow>(INDEXES)).rows, ({ oid }) => oid);
  const foreignKeys = Map.groupBy((await sql.query<ForeignKeyRow>(FOREIGN_KEYS)).rows, ({ oid }) => oid);
  const server = (await sql.query<ServerRow>(SERVER)).rows[0];
  // Only some roles may look at files; without it nothing is called unused.
  const databaseAgeMs = await sql.query<{ age_ms: number }>(DATABASE_AGE).then(
    ({ rows }) => rows[0]?.age_ms,
    () => undefined,
  );
  return {
    tables: tables.map((table) => ({
      objectId: table.oid,
      schema: table.schema,
      name: table.name,
      isVisible: table.visible,
      rowCount: table.rows,
      sizeBytes: table.size,
      updatedCount: table.updated,
      hotUpdatedCount: table.hot_updated,
      columns: new Map((columns.get(table.oid) ?? []).map((column) => [column.name, toColumn(column, table.rows)])),
      indexes: (indexes.get(table.oid) ?? []).map(toIndex),
      foreignKeys: (foreignKeys.get(table.oid) ?? []).map(
        ({ columns: names, parent, parent_columns: parentColumns }) => ({
          columns: names,
          parent,
          parentColumns,
        }),
      ),
    })),
    extensions: new Set(server?.extensions),
    volatileFunctions: new Set(server?.volatiles),
    statisticsAgeMs: server?.age_ms ?? databaseAgeMs,
    replicaCount: server?.replicas ?? 0,
    now: server?.now_ms ?? 0,
  };
}

function toColumn(row: ColumnRow, rowCount: number): ColumnFigures {
  const { name, type, width, distinct_count: distinct, correlation, byte_order: isByteOrder } = row;
  // Negative numbers are shares of the row count (PostgreSQL 18, pg_stats).
  return {
    name,
    type,
    widthBytes: width,
    distinctCount: distinct < 0 ? -distinct * rowCount : distinct,
    correlation,
    isByteOrder,
  };
}

function toIndex(row: IndexRow): ExistingIndex {
  return {
    name: row.name,
    definition: row.definition,
    method: row.method,
    isValid: row.valid,
    isUnique: row.is_unique,
    isNeeded: row.needed,
    keys: row.keys,
    keyTerms: row.terms,
    included: row.included,
    predicate: row.predicate,
    options: row.options,
    sizeBytes: row.size,
    scanCount: row.scans,
    lastUsedAt: row.used_at,
    objectId: row.index_oid,
  };
}

/** A name as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Reserved words that are common as names (PostgreSQL 18, appendix C). */
const RESERVED = new Set(
  'all analyse analyze and any array as asc authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with'.split(
    ' ',
  ),
);

/** The table with its schema, quoted. */
export function nameOf({ schema, name }: Pick<TableFacts, 'schema' | 'name'>): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
