import type { Database, ScansView } from '@dataguardian/performance';

interface QueueRow {
  readonly pending: number;
  readonly running: number;
  readonly oldest_ms: number;
}

interface RunningRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly started: number;
  readonly done_bytes: number;
  readonly total_bytes: number;
  readonly finding_count: number;
  readonly pending: number;
}

interface WorkerRow {
  readonly id: string;
  readonly started: number;
  readonly until: number | null;
  readonly chunks: number;
  readonly busy: number;
  readonly bytes: number;
}

interface FailureRow {
  readonly code: string;
  readonly count: number;
  readonly last_at: number;
}

const QUEUE = `
  select (count(*) filter (where c.status = 'pending'))::float8 as pending,
         (count(*) filter (where c.status = 'running'))::float8 as running,
         coalesce(extract(epoch from now() - min(s.created_at) filter (where c.status = 'pending')) * 1000, 0)::float8 as oldest_ms
    from scan_chunks c join scans s on s.id = c.scan_id where c.status in ('pending', 'running')`;

const RUNNING = `
  select s.id, s.name, s.status, (extract(epoch from coalesce(s.started_at, s.created_at)) * 1000)::float8 as started,
         s.done_bytes::float8 as done_bytes, s.total_bytes::float8 as total_bytes, s.finding_count::float8 as finding_count,
         (select count(*) from scan_chunks c where c.scan_id = s.id and c.status = 'pending')::float8 as pending
    from scans s where s.status in ('queued', 'planning', 'running', 'paused') order by s.created_at limit 50`;

const WORKERS = `
  select lease_owner as id, (extract(epoch from min(started_at)) * 1000)::float8 as started,
         (extract(epoch from least(max(coalesce(finished_at, lease_until)), now())) * 1000)::float8 as until, count(*)::float8 as chunks,
         (count(*) filter (where status = 'running'))::float8 as busy,
         coalesce(sum(estimated_bytes) filter (where finished_at > now() - interval '1 minute'), 0)::float8 as bytes
    from scan_chunks where lease_owner is not null and started_at > now() - interval '1 hour'
   group by lease_owner order by max(started_at) desc limit 50`;

const FAILURES = `
  select coalesce(error->>'code', 'SCAN_PART_FAILED') as code, count(*)::float8 as count,
         (extract(epoch from max(finished_at)) * 1000)::float8 as last_at
    from scan_chunks where status = 'failed' and finished_at > now() - interval '1 day' group by 1 order by 2 desc limit 20`;

const RATES = `
  select coalesce(sum(estimated_bytes), 0)::float8 / 60 as bytes, coalesce(sum(item_count), 0)::float8 / 60 as items,
         coalesce(sum(finding_count), 0)::float8 / 60 as findings
    from scan_chunks where status = 'done' and finished_at > now() - interval '1 minute'`;

/** How scans go over all organisations and workers. Asks as the owner: operators alone see it, without paths or findings. */
export async function readScans(owner: Database): Promise<ScansView> {
  const [queue, running, workers, failures, rates] = await Promise.all([
    owner.query<QueueRow>(QUEUE),
    owner.query<RunningRow>(RUNNING),
    owner.query<WorkerRow>(WORKERS),
    owner.query<FailureRow>(FAILURES),
    owner.query<{ bytes: number; items: number; findings: number }>(RATES),
  ]);
  const [waiting] = queue.rows;
  const [rate] = rates.rows;
  return {
    queue: {
      pendingChunks: waiting?.pending ?? 0,
      runningChunks: waiting?.running ?? 0,
      oldestPendingMs: waiting?.oldest_ms ?? 0,
    },
    workers: workers.rows.map(({ id, started, until, chunks, busy, bytes }) => ({
      id,
      state: busy > 0 ? 'busy' : 'idle',
      startedAt: started,
      lastSeenAt: until ?? started,
      chunkCount: chunks,
      bytesPerSecond: bytes / 60,
    })),
    running: running.rows.map((row) => ({
      id: row.id,
      name: row.name,
      status: row.status,
      startedAt: row.started,
      doneBytes: row.done_bytes,
      totalBytes: row.status === 'running' ? row.total_bytes : null,
      findingCount: row.finding_count,
      pendingChunks: row.pending,
    })),
    throughput: {
      bytesPerSecond: rate?.bytes ?? 0,
      itemsPerSecond: rate?.items ?? 0,
      findingsPerSecond: rate?.findings ?? 0,
    },
    failures: failures.rows.map(({ code, count, last_at: lastAt }) => ({ code, count, lastAt })),
  };
}
