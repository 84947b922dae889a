import { createHash } from 'node:crypto';
import type { CoverageEvent, Finding, Severity } from '@dataguardian/scanner';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import type { ClaimedChunk } from './chunk-queue.ts';

/** What a chunk brought, besides findings that were staged already. */
export interface ChunkResults {
  readonly findings: readonly Finding[];
  readonly skipped: readonly { readonly item: string; readonly code: string; readonly reason: string }[];
  readonly coverage: readonly CoverageEvent[];
  readonly bytes: number;
  readonly items: number;
}

/** Somebody else holds the chunk by now, or the scan was cancelled: nothing of this attempt may be stored. */
export class LeaseLost extends Error {
  readonly code = 'SCAN_LEASE_LOST';

  constructor(chunk: ClaimedChunk) {
    super(`the lease of part ${chunk.ordinal} of scan ${chunk.scanId} is lost`);
    this.name = 'LeaseLost';
  }
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { low: 1, medium: 2, high: 3, critical: 4 };

function toRecord(finding: Finding): object {
  const { location, type } = finding;
  const { item, line, column, start, row, field, page, part, commit } = location;
  const place = [type, item, line, column, start, row, field, page, part, commit]
    .map((value) => value ?? '')
    .join('\u0000');
  return {
    type,
    category: finding.category,
    severity: SEVERITY_RANK[finding.severity],
    score: finding.score,
    reasons: finding.reasons,
    item,
    location,
    location_key: createHash('sha256').update(place).digest('hex').slice(0, 32),
    masked: finding.masked,
    fingerprint: finding.fingerprint,
    context: finding.context,
  };
}

/** PostgreSQL's text holds neither NUL nor halves of surrogate pairs, which a file name or a cut text may. */
const toJson = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '\uFFFD') : part,
  );

/** Extends the lease and notes how far the chunk is. False: the lease is lost. */
export async function renewLease(
  sql: SqlRunner,
  chunk: ClaimedChunk,
  progress: { readonly bytes: number; readonly items: number; readonly leaseMs: number },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update scan_chunks set lease_until = now() + make_interval(secs => $6::float8 / 1000), progress_bytes = $4, progress_items = $5
     where scan_id = $1 and ordinal = $2 and lease_token = $3 and status = 'running'`,
    [chunk.scanId, chunk.ordinal, chunk.leaseToken, Math.round(progress.bytes), progress.items, progress.leaseMs],
  );
  return rowCount === 1;
}

/** Puts findings aside until the chunk is complete, so that a chunk with millions of them needs no memory for them. */
export async function stageFindings(sql: SqlRunner, chunk: ClaimedChunk, findings: readonly Finding[]): Promise<void> {
  await sql.query(
    `insert into staged_findings (organisation_id, scan_id, ordinal, lease_token, batch) values ($1, $2, $3, $4, $5)`,
    [chunk.organisationId, chunk.scanId, chunk.ordinal, chunk.leaseToken, toJson(findings.map(toRecord))],
  );
}

/**
 * Locks the scan, then checks the lease: the order in which everybody locks them.
 *
 * @throws LeaseLost when the chunk is no longer ours.
 */
export async function fenceChunk(sql: SqlRunner, chunk: ClaimedChunk): Promise<void> {
  await sql.query('select from scans where id = $1 for update', [chunk.scanId]);
  const { rowCount } = await sql.query(
    `select from scan_chunks where scan_id = $1 and ordinal = $2 and lease_token = $3 and status = 'running' for update`,
    [chunk.scanId, chunk.ordinal, chunk.leaseToken],
  );
  if (rowCount === 0) throw new LeaseLost(chunk);
}

const RECORDS = `jsonb_to_recordset(b.batch) as f(type text, category text, severity smallint, score float8,
  reasons jsonb, item text, location jsonb, location_key text, masked text, fingerprint text, context text)`;

/**
 * Stores a chunk's results and marks it done; run inside one transaction of the organisation, this is what makes
 * every finding appear exactly once. Values that were dismissed in an earlier scan keep that decision.
 *
 * @throws LeaseLost when the chunk is no longer ours; nothing is stored then.
 */
export async function completeChunk(sql: SqlRunner, chunk: ClaimedChunk, results: ChunkResults): Promise<number> {
  await fenceChunk(sql, chunk);
  const { scanId, ordinal, organisationId, leaseToken } = chunk;
  if (results.findings.length > 0) await stageFindings(sql, chunk, results.findings);
  const { rows } = await sql.query<{ severity: number; category: string; type: string; n: number }>(
    `with added as (
       insert into findings (organisation_id, scan_id, batch, type, category, severity, score, reasons, item, location,
         location_key, masked, fingerprint, context, status, status_reason, status_by, status_at)
       select $1, $2, s.revision + 1, f.type, f.category, f.severity, f.score,
         array(select jsonb_array_elements_text(f.reasons)), f.item, f.location, decode(f.location_key, 'hex'), f.masked,
         decode(f.fingerprint, 'hex'), f.context, coalesce(v.status, 'open'), v.reason, v.decided_by, v.decided_at
       from scans s, staged_findings b cross join lateral ${RECORDS}
       left join finding_verdicts v on v.organisation_id = $1 and v.fingerprint = decode(f.fingerprint, 'hex') and v.type = f.type
       where s.id = $2 and b.scan_id = $2 and b.ordinal = $3 and b.lease_token = $4
       on conflict (scan_id, fingerprint, location_key) do nothing
       returning severity, category, type
     )
     select severity, category, type, count(*)::int as n from added group by 1, 2, 3`,
    [organisationId, scanId, ordinal, leaseToken],
  );
  await sql.query('delete from staged_findings where scan_id = $1 and ordinal = $2', [scanId, ordinal]);
  if (results.skipped.length > 0)
    await sql.query(
      `insert into skipped_items (organisation_id, scan_id, item, code, reason)
       select $1, $2, x.item, x.code, x.reason from jsonb_to_recordset($3::jsonb) as x(item text, code text, reason text)`,
      [organisationId, scanId, toJson(results.skipped)],
    );
  if (results.coverage.length > 0)
    await sql.query(
      `insert into scan_coverage (organisation_id, scan_id, item, rows_read, rows_total, clear_columns, upper_bound_ratio)
       select $1, $2, x.item, x."rowsRead", x."rowsTotal", x."clearColumns", x."upperBoundRatio"
       from jsonb_to_recordset($3::jsonb) as x(item text, "rowsRead" float8, "rowsTotal" float8, "clearColumns" int, "upperBoundRatio" float8)`,
      [organisationId, scanId, toJson(results.coverage)],
    );
  const found = rows.reduce((sum, { n }) => sum + n, 0);
  await sql.query(
    `update scan_chunks set status = 'done', finished_at = now(), finding_count = $4, progress_bytes = $5, progress_items = $6
     where scan_id = $1 and ordinal = $2 and lease_token = $3`,
    [scanId, ordinal, leaseToken, found, Math.round(results.bytes), results.items],
  );
  const { rows: current } = await sql.query<{ counts: Counts }>('select counts from scans where id = $1', [scanId]);
  await sql.query(
    `update scans set done_bytes = done_bytes + $2, done_items = done_items + $3, skipped_items = skipped_items + $4,
       finding_count = finding_count + $5, counts = $6, revision = revision + 1 where id = $1`,
    [
      scanId,
      Math.round(results.bytes),
      results.items,
      results.skipped.length,
      found,
      toJson(addCounts(current[0]?.counts, rows)),
    ],
  );
  return found;
}

interface Counts {
  readonly severity: Record<string, number>;
  readonly category: Record<string, number>;
  readonly type: Record<string, number>;
}

const SEVERITY_NAMES = ['', 'low', 'medium', 'high', 'critical'];

function addCounts(
  before: Counts | undefined,
  added: readonly { readonly severity: number; readonly category: string; readonly type: string; readonly n: number }[],
): Counts {
  const counts: Counts = {
    severity: { ...before?.severity },
    category: { ...before?.category },
    type: { ...before?.type },
  };
  for (const { severity, category, type, n } of added) {
    const name = SEVERITY_NAMES[severity] ?? '';
    counts.severity[name] = (counts.severity[name] ?? 0) + n;
    counts.category[category] = (counts.category[category] ?? 0) + n;
    counts.type[type] = (counts.type[type] ?? 0) + n;
  }
  return counts;
}

/** What a failed attempt leaves behind. */
export interface ChunkFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Whether another attempt can help. */
  readonly isFinal: boolean;
  readonly retryAfterMs: number;
  /** What the chunk holds, for the list of what was not scanned. */
  readonly items: readonly string[];
}

/**
 * Notes a failed attempt: the chunk waits for the next one, or, after the last, fails and its items are listed as not
 * scanned. Run inside one transaction of the organisation.
 *
 * @throws LeaseLost as {@link completeChunk}.
 */
export async function failChunk(sql: SqlRunner, chunk: ClaimedChunk, failure: ChunkFailure): Promise<void> {
  await fenceChunk(sql, chunk);
  const { scanId, ordinal, organisationId } = chunk;
  const error = toJson({ code: failure.code, message: failure.message, hint: failure.hint });
  await sql.query('delete from staged_findings where scan_id = $1 and ordinal = $2', [scanId, ordinal]);
  await sql.query(
    `update scan_chunks set status = case when $4::boolean then 'failed' else 'pending' end, attempts = attempts + 1,
       error = $3, not_before = now() + make_interval(secs => $5::float8 / 1000), lease_owner = null, lease_until = null,
       progress_bytes = 0, progress_items = 0, finished_at = case when $4::boolean then now() end
     where scan_id = $1 and ordinal = $2`,
    [scanId, ordinal, error, failure.isFinal, failure.retryAfterMs],
  );
  if (!failure.isFinal) return;
  await sql.query(
    `insert into skipped_items (organisation_id, scan_id, item, code, reason)
     select $1, $2, x, 'PART_FAILED', $4 from jsonb_array_elements_text($3::jsonb) as x`,
    [organisationId, scanId, toJson(failure.items), failure.message],
  );
  await sql.query(
    `update scans set failed_chunks = failed_chunks + 1, skipped_items = skipped_items + $2, revision = revision + 1,
       error = coalesce(error, $3) where id = $1`,
    [scanId, failure.items.length, error],
  );
}
