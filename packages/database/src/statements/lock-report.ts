import { toFingerprint } from '../fingerprint.ts';
import type { Queryable } from '../queryable.ts';

/** A session that waits for another one. */
export interface LockWait {
  readonly waitingBackendId: number;
  readonly blockingBackendId: number;
  readonly waitMs: number;
  /** Of the lock that is waited for: `ShareLock`, `AccessExclusiveLock` … */
  readonly mode: string;
  /** Its table, or the kind of lock. */
  readonly subject: string;
  /** Shapes, without literals. */
  readonly waitingStatement: string;
  readonly blockingStatement: string;
  /** What the blocking session does: `active`, `idle in transaction` … */
  readonly blockingState: string;
  /** How long its transaction has been open. */
  readonly blockingTransactionMs: number;
}

interface LockRow {
  readonly waiting_id: number;
  readonly blocking_id: number;
  readonly wait_ms: number;
  readonly mode: string | null;
  readonly subject: string | null;
  readonly waiting_query: string | null;
  readonly blocking_query: string | null;
  readonly blocking_state: string | null;
  readonly blocking_ms: number | null;
}

const WAITS = `
  select w.pid as waiting_id, b.pid as blocking_id, w.query as waiting_query, b.query as blocking_query,
         b.state as blocking_state, l.mode,
         coalesce(r.relname, l.locktype) as subject,
         (extract(epoch from clock_timestamp() - coalesce(l.waitstart, w.query_start)) * 1000)::float8 as wait_ms,
         (extract(epoch from clock_timestamp() - b.xact_start) * 1000)::float8 as blocking_ms
    from pg_stat_activity w
    cross join lateral unnest(pg_blocking_pids(w.pid)) as blocker(pid)
    join pg_stat_activity b on b.pid = blocker.pid
    left join lateral (select * from pg_locks l where l.pid = w.pid and not l.granted limit 1) l on true
    -- A wait for a row is a wait for its writer's transaction; the row lock it holds names the table.
    left join lateral (
      select c.relname from pg_locks t join pg_class c on c.oid = t.relation
       where t.pid = w.pid and c.relkind in ('r', 'p') and t.locktype in ('tuple', 'relation')
         and t.database = (select oid from pg_database where datname = current_database())
       order by t.granted, t.locktype = 'tuple' desc limit 1) r on true
   where w.wait_event_type = 'Lock' and w.datname = current_database()
   order by wait_ms desc limit 100`;

/** Who waits for whom at this moment, the longest wait first. Sees the statements of roles it may read. */
export async function captureLocks(database: Queryable): Promise<readonly LockWait[]> {
  const { rows } = await database.query<LockRow>(WAITS);
  return rows.map((row) => ({
    waitingBackendId: row.waiting_id,
    blockingBackendId: row.blocking_id,
    waitMs: Math.max(0, row.wait_ms),
    mode: row.mode ?? '',
    subject: row.subject ?? '',
    waitingStatement: toFingerprint(row.waiting_query ?? '').statement,
    blockingStatement: toFingerprint(row.blocking_query ?? '').statement,
    blockingState: row.blocking_state ?? '',
    blockingTransactionMs: row.blocking_ms ?? 0,
  }));
}
