import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import { nameOf, quoteName, type ExistingIndex, type TableFacts } from './catalogue.ts';

/** Copies of tables with their indexes in a schema of their own, where indexes come and go at no risk. */
export interface ScratchCopy {
  readonly schema: string;
  /** Share of the rows of a table that were copied, 0..1. */
  ratioOf(table: TableFacts): number;
  has(table: TableFacts): boolean;
  /** Builds an index on the copy; undefined when the server refuses it. Returns its size, scaled to the full table. */
  createIndex(name: string, table: TableFacts, definition: string): Promise<number | undefined>;
  /** Sizes that the tables' own indexes have when they are built anew, scaled to the full tables. */
  freshSizes(): Promise<ReadonlyMap<ExistingIndex, number>>;
  /** Lets the planner know what is in the tables, and in expressions that are indexed. */
  analyze(): Promise<void>;
  /**
   * Runs `work` in a transaction in which the named indexes do not exist; everything is rolled back after it.
   * `isRead` forbids writes, and finds the tables as they were before any: rows that were rolled back are vacuumed away.
   */
  without<Result>(
    names: readonly string[],
    work: (sql: Queryable) => Promise<Result>,
    isRead?: boolean,
  ): Promise<Result>;
  /** Drops everything. */
  close(): Promise<void>;
}

/** How large a copy may be, and how long a statement may run on it. */
export interface ScratchLimits {
  readonly sampleRowCount: number;
  readonly statementTimeoutMs: number;
}

const PREFIX = 'dgopt_scratch_';
/** One copy at a time on one server. Any constant. */
const LOCK = 4_702_111_571;
const SETTINGS = [
  'standard_conforming_strings = on',
  'plan_cache_mode = force_custom_plan',
  // Neighbours' scans would make a copy's scan start in the middle.
  'synchronize_seqscans = off',
  'lock_timeout = 2000',
  'jit = off',
  "idle_in_transaction_session_timeout = '10min'",
];

/** Nobody else vacuums or analyzes the copy while something is measured on it. */
const AT_REST = 'autovacuum_enabled = false';

/**
 * Copies `tables` on the given session, which it uses until it is closed.
 * @throws Error when another copy is being used on this server.
 */
export async function openScratchCopy(
  sql: Queryable,
  tables: readonly TableFacts[],
  { limits, clock }: { readonly limits: ScratchLimits; readonly clock: Clock },
): Promise<ScratchCopy> {
  const { rows } = await sql.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK]);
  if (rows[0]?.got !== true) throw new Error('Another index advisor works on this server.');
  const schema = `${PREFIX}${clock.now().toString(36)}`;
  const ratios = new Map<TableFacts, number>();
  let hasDeadRows = false;
  const close = async (): Promise<void> => {
    for (const setting of ['search_path', 'statement_timeout', ...SETTINGS.map((item) => item.split(' ')[0] ?? '')])
      await sql.query(`reset ${setting}`);
    await dropLeftovers(sql);
    await sql.query('select pg_advisory_unlock($1)', [LOCK]);
  };
  const vacuumAll = async (): Promise<void> => {
    await sql.query('set statement_timeout = 0');
    for (const table of ratios.keys()) await sql.query(`vacuum (index_cleanup on) ${schema}.${quoteName(table.name)}`);
    await sql.query(`set statement_timeout = ${limits.statementTimeoutMs}`);
  };
  try {
    for (const setting of SETTINGS) await sql.query(`set ${setting}`);
    await sql.query('set statement_timeout = 0');
    // A process that died left its copy behind.
    await dropLeftovers(sql);
    await sql.query(`create schema ${schema}`);
    for (const table of tables) {
      const ratio = await copyTable(sql, table, { schema, sampleRowCount: limits.sampleRowCount });
      if (ratio !== undefined) ratios.set(table, ratio);
    }
    const { rows: path } = await sql.query<{ path: string }>(`select current_setting('search_path') as path`);
    await sql.query(`set search_path = ${schema}, ${path[0]?.path ?? 'public'}`);
    await sql.query(`set statement_timeout = ${limits.statementTimeoutMs}`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    schema,
    has: (table) => ratios.has(table),
    ratioOf: (table) => ratios.get(table) ?? 1,
    async createIndex(name, table, definition) {
      try {
        await sql.query(`create index ${quoteName(name)} ${definition}`);
      } catch {
        return undefined;
      }
      const { rows: sizes } = await sql.query<{ size: number }>(
        'select pg_relation_size(to_regclass($1))::float8 as size',
        [`${schema}.${quoteName(name)}`],
      );
      return (sizes[0]?.size ?? 0) / (ratios.get(table) ?? 1);
    },
    async freshSizes() {
      const { rows: sizes } = await sql.query<{ name: string; size: number }>(
        `select c.relname as name, pg_relation_size(c.oid)::float8 as size from pg_class c
          where c.relkind = 'i' and c.relnamespace = to_regnamespace($1)`,
        [schema],
      );
      const byName = new Map(sizes.map(({ name, size }) => [name, size]));
      const found = new Map<ExistingIndex, number>();
      for (const [table, ratio] of ratios)
        for (const index of table.indexes) {
          const size = byName.get(index.name);
          if (size !== undefined) found.set(index, size / ratio);
        }
      return found;
    },
    async analyze() {
      for (const table of ratios.keys()) await sql.query(`analyze ${schema}.${quoteName(table.name)}`);
    },
    async without(names, work, isRead = true) {
      if (isRead && hasDeadRows) await vacuumAll();
      hasDeadRows = !isRead;
      await sql.query('begin');
      try {
        if (names.length > 0)
          await sql.query(`drop index ${names.map((name) => `${schema}.${quoteName(name)}`).join(', ')}`);
        if (isRead) await sql.query('set transaction read only');
        return await work(sql);
      } finally {
        await sql.query('rollback');
      }
    },
    close,
  };
}

/** @returns the share of rows that was copied; undefined for a table that may not be read. */
async function copyTable(
  sql: Queryable,
  table: TableFacts,
  { schema, sampleRowCount }: { readonly schema: string; readonly sampleRowCount: number },
): Promise<number | undefined> {
  const ratio = Math.min(1, sampleRowCount / Math.max(1, table.rowCount));
  const sample = ratio >= 1 ? '' : ` tablesample system (${ratio * 100}) repeatable (1)`;
  const target = `${schema}.${quoteName(table.name)}`;
  try {
    await sql.query(`create unlogged table ${target} with (${AT_REST}) as select * from ${nameOf(table)}${sample}`);
    for (const { definition, isValid } of table.indexes)
      if (isValid) await sql.query(definition.replace(/ ON (?:ONLY )?.*? USING /, ` ON ${target} USING `));
    // Frozen and counted, so that plans are those of a table at rest: index-only scans included.
    await sql.query(`vacuum (analyze) ${target}`);
    const { rows } = await sql.query<{ rows: number }>(
      'select reltuples::float8 as rows from pg_class where oid = $1::regclass',
      [target],
    );
    return ratio >= 1 ? 1 : Math.min(1, (rows[0]?.rows ?? 0) / table.rowCount);
  } catch {
    await sql.query(`drop table if exists ${target}`);
    return undefined;
  }
}

async function dropLeftovers(sql: Queryable): Promise<void> {
  const { rows } = await sql.query<{ name: string }>('select nspname as name from pg_namespace where nspname like $1', [
    `${PREFIX.replaceAll('_', String.raw`\_`)}%`,
  ]);
  // One by one: a schema with many tables in one transaction would hold as many locks.
  for (const { name } of rows) await sql.query(`drop schema ${quoteName(name)} cascade`);
}
