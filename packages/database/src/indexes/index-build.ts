import type { Clock } from '@dataguardian/telemetry';
import { DatabaseError } from '../errors.ts';
import type { Queryable } from '../queryable.ts';
import { quoteName } from './catalogue.ts';
import type { ResolvedLimits } from './limits.ts';

/** A database in which indexes are built: with the rights of the tables' owner. */
export interface AdvisorDatabase extends Queryable {
  /** @param options `observed`: whether the session's statements count as the application's. */
  withConnection<Result>(
    work: (connection: Queryable) => Promise<Result>,
    options?: { readonly observed?: boolean },
  ): Promise<Result>;
  renewStatements(): void;
}

/** How far a build is. */
export interface BuildProgress {
  readonly indexName: string;
  /** As the server calls it, for example `building index: loading tuples in tree`. */
  readonly phase: string;
  /** 0..1; of the phase. */
  readonly doneRatio: number;
}

/** What guards a change of indexes. */
export interface BuildGuards {
  readonly database: AdvisorDatabase;
  readonly clock: Clock;
  readonly limits: ResolvedLimits;
  /** Free room where the server keeps its tables; undefined where nobody knows. */
  readonly freeDiskBytes?: (() => Promise<number | undefined>) | undefined;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** What to build. */
export interface IndexOrder {
  readonly schema: string;
  readonly name: string;
  /** `create [unique] index concurrently …`, complete. */
  readonly statement: string;
  readonly comment: string | undefined;
  readonly sizeBytes: number;
}

/** One build at a time on one server. Any constant. */
const LOCK = 4_702_111_577;
const WORK_MEMORY = '256MB';
const HEAD_ROOM = 2;
const FIRST_PAUSE_MS = 500;
const PROGRESS_EVERY_MS = 500;
/** lock_not_available, deadlock_detected, query_canceled (PostgreSQL 18, appendix A). */
const PASSING = new Set(['55P03', '40P01', '57014']);

const LONG_TRANSACTIONS = `
  select string_agg(pid || ' (' || coalesce(application_name, '') || ')', ', ') as holders from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
     and xact_start < clock_timestamp() - $1 * interval '1 millisecond'`;

/**
 * Builds an index without stopping anybody: CONCURRENTLY, waiting shortly for locks, again later when that was not
 * enough. What a failed attempt left behind is dropped.
 * @throws DatabaseError DATABASE_INDEX_BUSY, DATABASE_INDEX_NO_SPACE, DATABASE_INDEX_FAILED
 */
export async function buildIndex(guards: BuildGuards, order: IndexOrder): Promise<void> {
  const freeBytes = await guards.freeDiskBytes?.();
  if (freeBytes !== undefined && freeBytes < order.sizeBytes * HEAD_ROOM)
    throw new DatabaseError(
      'DATABASE_INDEX_NO_SPACE',
      `${order.name} takes about ${order.sizeBytes} bytes and needs twice as many free; ${freeBytes} are.`,
    );
  await guardedly(guards, order.name, async (sql) => {
    const leftover = await findIndex(sql, order);
    if (leftover === 'valid') return;
    if (leftover === 'invalid') await dropQuietly(sql, order);
    try {
      await sql.query(order.statement);
      if ((await findIndex(sql, order)) !== 'valid') throw new Error('The server left the index invalid.');
    } catch (error) {
      await dropQuietly(sql, order);
      throw error;
    }
    if (order.comment !== undefined)
      await sql.query(
        `comment on index ${quoteName(order.schema)}.${quoteName(order.name)} is '${order.comment.replaceAll("'", "''")}'`,
      );
  });
}

/**
 * Drops an index without stopping anybody; one that is gone already is no error.
 * @throws DatabaseError as {@link buildIndex}
 */
export async function dropIndex(guards: BuildGuards, index: Pick<IndexOrder, 'schema' | 'name'>): Promise<void> {
  await guardedly(guards, index.name, async (sql) => {
    await sql.query(`drop index concurrently if exists ${quoteName(index.schema)}.${quoteName(index.name)}`);
  });
}

async function guardedly(guards: BuildGuards, name: string, work: (sql: Queryable) => Promise<void>): Promise<void> {
  const { database, clock, limits } = guards;
  await database.withConnection(async (sql) => {
    const { rows } = await sql.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK]);
    if (rows[0]?.got !== true) throw new DatabaseError('DATABASE_INDEX_BUSY', 'Another index is being built.');
    const watching = watchProgress(guards, name);
    try {
      await sql.query('set statement_timeout = 0');
      await sql.query(`set maintenance_work_mem = '${WORK_MEMORY}'`);
      for (let attempt = 1; ; attempt += 1) {
        const problem = await attemptOnce(sql, limits, work);
        if (problem === undefined) return;
        if (attempt >= limits.buildAttempts) throw problem;
        await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    } finally {
      watching?.cancel();
      for (const setting of ['lock_timeout', 'statement_timeout', 'maintenance_work_mem'])
        await sql.query(`reset ${setting}`);
      await sql.query('select pg_advisory_unlock($1)', [LOCK]);
    }
  });
}

/** @returns what is in the way for now; undefined when it worked. */
async function attemptOnce(
  sql: Queryable,
  { longTransactionMs, lockTimeoutMs }: ResolvedLimits,
  work: (sql: Queryable) => Promise<void>,
): Promise<DatabaseError | undefined> {
  // A concurrent build waits for every older transaction: better not to start than to queue behind one.
  const { rows } = await sql.query<{ holders: string | null }>(LONG_TRANSACTIONS, [longTransactionMs]);
  const holders = rows[0]?.holders ?? null;
  if (holders !== null)
    return new DatabaseError(
      'DATABASE_INDEX_BUSY',
      `Transactions of these sessions have been open for long: ${holders}.`,
    );
  await sql.query(`set lock_timeout = ${lockTimeoutMs}`);
  try {
    await work(sql);
    return undefined;
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    if (PASSING.has(code))
      return new DatabaseError('DATABASE_INDEX_BUSY', 'A lock was not to be had in time.', { cause });
    throw new DatabaseError('DATABASE_INDEX_FAILED', `The server refused: ${String(cause)}`, { cause });
  }
}

async function findIndex(
  sql: Queryable,
  { schema, name }: Pick<IndexOrder, 'schema' | 'name'>,
): Promise<'valid' | 'invalid' | 'absent'> {
  const { rows } = await sql.query<{ valid: boolean }>(
    `select i.indisvalid and i.indisready as valid from pg_index i join pg_class c on c.oid = i.indexrelid
       join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [schema, name],
  );
  const [row] = rows;
  return row === undefined ? 'absent' : row.valid ? 'valid' : 'invalid';
}

async function dropQuietly(sql: Queryable, { schema, name }: IndexOrder): Promise<void> {
  // It may wait for the very lock that the build did not get: without a limit, as nobody waits for this.
  await sql.query('set lock_timeout = 0');
  await sql.query(`drop index concurrently if exists ${quoteName(schema)}.${quoteName(name)}`);
}

function watchProgress(
  { database, clock, onProgress }: BuildGuards,
  indexName: string,
): { cancel(): void } | undefined {
  if (onProgress === undefined) return undefined;
  return clock.repeat(PROGRESS_EVERY_MS, () => {
    database
      .query<{ phase: string; ratio: number }>(
        `select phase, (greatest(blocks_done::float8 / nullif(blocks_total, 0), tuples_done::float8 / nullif(tuples_total, 0), 0))::float8
                  as ratio
           from pg_stat_progress_create_index where datname = current_database() limit 1`,
      )
      .then(
        ({ rows: [row] }) =>
          row !== undefined && onProgress({ indexName, phase: row.phase, doneRatio: row.ratio ?? 0 }),
      )
      .catch(() => undefined);
  });
}
