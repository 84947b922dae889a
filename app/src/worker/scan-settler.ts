import { scoreRisk } from '../features/reports/risk-score.ts';
import { readRiskInput } from '../features/reports/risk-repository.ts';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import { PLAN_ORDINAL } from './chunk-queue.ts';

/** How a scan ended. */
export interface Settled {
  readonly status: 'completed' | 'failed';
  readonly uploadId: string | undefined;
  readonly removesUpload: boolean;
}

/**
 * Ends a scan that has no open chunk: completed, even when parts of it failed, which its error then says; failed when
 * nothing could be read at all. Idempotent, run in one transaction of the organisation.
 *
 * @returns `undefined` when the scan is not ready to be settled, or was already.
 */
export async function settleScan(sql: SqlRunner, scanId: string): Promise<Settled | undefined> {
  const { rows } = await sql.query<{
    status: string;
    upload_id: string | null;
    keeps: boolean;
    organisation_id: string;
  }>(
    `select s.status, s.upload_id, s.organisation_id,
       coalesce((s.options ->> 'keepUpload')::boolean, o.keep_uploads, false) as keeps
     from scans s left join organisation_settings o on o.organisation_id = s.organisation_id
     where s.id = $1 and s.status in ('queued', 'planning', 'running') for update of s`,
    [scanId],
  );
  const scan = rows[0];
  if (scan === undefined) return undefined;
  const { rows: chunks } = await sql.query<{ open: number; done: number; failed: number; plan: string | null }>(
    `select count(*) filter (where status in ('pending', 'running'))::int as open,
       count(*) filter (where status = 'done' and ordinal > $2)::int as done,
       count(*) filter (where status = 'failed')::int as failed,
       min(status) filter (where ordinal = $2) as plan
     from scan_chunks where scan_id = $1`,
    [scanId, PLAN_ORDINAL],
  );
  const { open = 1, done = 0, failed = 0, plan } = chunks[0] ?? {};
  if (open > 0) return undefined;
  const status = plan === 'failed' || (done === 0 && failed > 0) ? 'failed' : 'completed';
  const risk = scoreRisk(await readRiskInput(sql, [scanId]));
  await sql.query(
    `update scans set status = $2, finished_at = now(), risk_score = $3, risk = $4, revision = revision + 1 where id = $1`,
    [scanId, status, risk.score, JSON.stringify(risk)],
  );
  // Payloads are of no use any more, and the less is kept the better.
  await sql.query(
    `update scan_chunks set payload_sealed = '' where scan_id = $1 and status = 'done' and ordinal > ${PLAN_ORDINAL}`,
    [scanId],
  );
  return {
    status,
    uploadId: scan.upload_id ?? undefined,
    removesUpload: !scan.keeps && status === 'completed' && failed === 0,
  };
}

/** Milliseconds before the next attempt: 1 s, 4 s. */
export function retryDelayMs(attempts: number): number {
  return 1_000 * 4 ** attempts;
}
