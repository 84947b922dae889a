import type { SqlRunner } from '../features/scans/sql-runner.ts';
import { formatLeaseOwner, isDeadOwner, type LeaseOwner } from './lease-owner.ts';

/** Ordinal of the chunk that plans its scan. */
export const PLAN_ORDINAL = -1;

/** Attempts until a chunk that ends in an error is given up. */
export const MAX_ATTEMPTS = 3;
/** Ends of a worker in the middle of a chunk until the chunk is held responsible and given up. */
export const MAX_CRASHES = 10;

/** A claimed chunk. `leaseToken` fences: who holds an older one can change nothing any more. */
export interface ClaimedChunk {
  readonly scanId: string;
  readonly ordinal: number;
  readonly organisationId: string;
  readonly userId: string | undefined;
  readonly sealedSource: Buffer;
  readonly sealedPayload: Buffer;
  readonly uploadId: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly leaseToken: number;
  readonly attempts: number;
}

/** Limits of a claim. */
export interface ClaimLimits {
  readonly perScan: number;
  readonly perUser: number;
  readonly perOrganisation: number;
  readonly leaseMs: number;
}

/** How the queue stands. */
export interface QueueState {
  readonly pendingChunks: number;
  readonly runningChunks: number;
  readonly oldestPendingMs: number;
  readonly workerCount: number;
}

/**
 * The queue of chunks over all organisations. The table `scan_chunks` is the only truth: whoever is woken, or not,
 * finds its work there. Times are the database's, so that machines need not agree on the hour.
 */
export interface ChunkQueue {
  claim(owner: LeaseOwner, limits: ClaimLimits): Promise<ClaimedChunk | undefined>;
  /** Frees chunks of processes of this machine that are gone; returns how many. */
  releaseDead(self: LeaseOwner): Promise<number>;
  /** Gives up chunks whose workers died too often, and names scans without open chunks, which wait to be settled. */
  sweep(): Promise<{ readonly settleable: readonly { scanId: string; organisationId: string }[] }>;
  /** Gives a claimed chunk back untouched, as at shutdown. */
  release(chunk: ClaimedChunk): Promise<void>;
  state(): Promise<QueueState>;
}

interface ClaimRow {
  readonly scan_id: string;
  readonly ordinal: number;
  readonly organisation_id: string;
  readonly created_by: string | null;
  readonly source_sealed: Buffer;
  readonly payload_sealed: Buffer;
  readonly upload_id: string | null;
  readonly options: Record<string, unknown>;
  readonly lease_token: string;
  readonly attempts: number;
}

/**
 * Takes turns between organisations, then between users, then between a user's scans: whose last chunk was claimed longest ago is next. One claim
 * at a time (advisory lock), which makes the limits exact; chunks take seconds, so claims never queue up.
 */
const CLAIM = `
with active as (
  select s.id, s.organisation_id, s.created_by, s.created_at,
    count(c.*) filter (where c.status = 'running' and c.lease_until > now()) as running,
    max(c.started_at) as last_started,
    bool_or(c.status = 'pending' and c.not_before <= now()
      or c.status = 'running' and c.lease_until <= now() and c.crashes < $5) as has_work
  from scans s join scan_chunks c on c.scan_id = s.id
  where s.status in ('queued', 'planning', 'running')
  group by s.id
),
ranked as (
  select *, sum(running) over (partition by created_by) as user_running,
    sum(running) over (partition by organisation_id) as organisation_running,
    max(last_started) over (partition by created_by) as user_started,
    max(last_started) over (partition by organisation_id) as organisation_started
  from active
),
chosen as (
  select id from ranked
  where has_work and running < $2 and user_running < $3 and organisation_running < $6
  order by organisation_started nulls first, user_started nulls first, last_started nulls first, created_at, id
  limit 1
),
target as (
  select c.scan_id, c.ordinal from scan_chunks c join chosen on chosen.id = c.scan_id
  where c.status = 'pending' and c.not_before <= now()
    or c.status = 'running' and c.lease_until <= now() and c.crashes < $5
  order by c.ordinal
  limit 1
  for update of c skip locked
)
update scan_chunks c set
  status = 'running',
  crashes = c.crashes + (c.status = 'running')::int,
  lease_token = c.lease_token + 1,
  lease_owner = $1,
  lease_until = now() + make_interval(secs => $4::float8 / 1000),
  started_at = clock_timestamp(),
  progress_bytes = 0,
  progress_items = 0
from target t join scans s on s.id = t.scan_id
where c.scan_id = t.scan_id and c.ordinal = t.ordinal
returning c.scan_id, c.ordinal, c.organisation_id, s.created_by, s.source_sealed, c.payload_sealed, s.upload_id,
  s.options, c.lease_token::text, c.attempts`;

/** What the queue needs of the owner's connection, which sees every organisation. */
export interface QueueDatabase extends SqlRunner {
  transaction<Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result>;
}

/** Opens the queue. */
export function createChunkQueue(database: QueueDatabase): ChunkQueue {
  return {
    async claim(owner, { perScan, perUser, perOrganisation, leaseMs }) {
      const rows = await database.transaction(async (sql) => {
        await sql.query(`select pg_advisory_xact_lock(hashtextextended('dataguardian.claim', 0))`);
        const claimed = await sql.query<ClaimRow>(CLAIM, [
          formatLeaseOwner(owner),
          perScan,
          perUser,
          leaseMs,
          MAX_CRASHES,
          perOrganisation,
        ]);
        return claimed.rows;
      });
      const row = rows[0];
      if (row === undefined) return undefined;
      return {
        scanId: row.scan_id,
        ordinal: row.ordinal,
        organisationId: row.organisation_id,
        userId: row.created_by ?? undefined,
        sealedSource: row.source_sealed,
        sealedPayload: row.payload_sealed,
        uploadId: row.upload_id ?? undefined,
        options: row.options,
        leaseToken: Number(row.lease_token),
        attempts: row.attempts,
      };
    },
    async releaseDead(self) {
      const { rows } = await database.query<{ lease_owner: string }>(
        `select distinct lease_owner from scan_chunks where status = 'running' and lease_owner is not null`,
      );
      const dead = rows.map((row) => row.lease_owner).filter((owner) => isDeadOwner(owner, self));
      if (dead.length === 0) return 0;
      const { rowCount } = await database.query(
        `update scan_chunks set status = 'pending', crashes = crashes + 1, lease_token = lease_token + 1,
           lease_owner = null, lease_until = null, progress_bytes = 0, progress_items = 0
         where status = 'running' and lease_owner = any($1)`,
        [dead],
      );
      return rowCount;
    },
    async sweep() {
      await database.query(
        `with given_up as (
           update scan_chunks set status = 'failed', lease_token = lease_token + 1, finished_at = now(),
             error = jsonb_build_object('code', 'SCAN_WORKER_DIED', 'message', 'Every worker that took this part ended in the middle of it')
           where status in ('pending', 'running') and crashes >= $1 and (lease_until is null or lease_until <= now())
           returning scan_id, organisation_id, ordinal
         ), noted as (
           insert into skipped_items (organisation_id, scan_id, item, code, reason)
           select organisation_id, scan_id, 'part ' || ordinal, 'PART_FAILED', 'Every worker that took this part ended in the middle of it'
           from given_up
         )
         update scans set failed_chunks = failed_chunks + g.n, revision = revision + 1
         from (select scan_id, count(*)::int as n from given_up group by scan_id) g where id = g.scan_id`,
        [MAX_CRASHES],
      );
      const { rows } = await database.query<{ id: string; organisation_id: string }>(
        `select id, organisation_id from scans s where status in ('queued', 'planning', 'running')
         and not exists (select from scan_chunks c where c.scan_id = s.id and c.status in ('pending', 'running'))`,
      );
      return { settleable: rows.map((row) => ({ scanId: row.id, organisationId: row.organisation_id })) };
    },
    async release(chunk) {
      await database.query(
        `update scan_chunks set status = 'pending', lease_owner = null, lease_until = null, lease_token = lease_token + 1,
           progress_bytes = 0, progress_items = 0
         where scan_id = $1 and ordinal = $2 and lease_token = $3 and status = 'running'`,
        [chunk.scanId, chunk.ordinal, chunk.leaseToken],
      );
    },
    async state() {
      const { rows } = await database.query<{
        pending: number;
        running: number;
        oldest: number | null;
        workers: number;
      }>(
        `select count(*) filter (where c.status = 'pending')::int as pending,
           count(*) filter (where c.status = 'running')::int as running,
           (extract(epoch from now() - min(s.created_at) filter (where c.status = 'pending')) * 1000)::float8 as oldest,
           count(distinct c.lease_owner) filter (where c.status = 'running')::int as workers
         from scans s join scan_chunks c on c.scan_id = s.id
         where s.status in ('queued', 'planning', 'running') and c.status in ('pending', 'running')`,
      );
      const row = rows[0];
      return {
        pendingChunks: row?.pending ?? 0,
        runningChunks: row?.running ?? 0,
        oldestPendingMs: Math.max(0, row?.oldest ?? 0),
        workerCount: row?.workers ?? 0,
      };
    },
  };
}
