import type { Scan, ScanFailure, ScanStatus, SourceKind } from './scan.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import type { SqlRunner } from './sql-runner.ts';
import type { RiskScore } from '../reports/risk-score.ts';

interface ScanRow {
  readonly id: string;
  readonly name: string;
  readonly status: ScanStatus;
  readonly source_kind: SourceKind;
  readonly source_label: string;
  readonly created_ms: number;
  readonly created_key: string;
  readonly started_ms: number | null;
  readonly finished_ms: number | null;
  readonly creator_id: string | null;
  readonly creator_email: string | null;
  readonly done_bytes: number;
  readonly total_bytes: number;
  readonly done_items: number;
  readonly total_items: number;
  readonly skipped_items: number;
  readonly failed_chunks: number;
  readonly counts: {
    readonly severity: Partial<Scan['counts']>;
    readonly category: Scan['categoryCounts'];
    readonly type: Scan['typeCounts'];
  };
  readonly finding_count: number;
  readonly risk_score: number | null;
  readonly risk: RiskScore | null;
  readonly error: ScanFailure | null;
  readonly revision: number;
}

const SELECT = `
select s.id, s.name, s.status, s.source_kind, s.source_label, s.created_at::text as created_key,
  (extract(epoch from s.created_at) * 1000)::float8 as created_ms,
  (extract(epoch from s.started_at) * 1000)::float8 as started_ms,
  (extract(epoch from s.finished_at) * 1000)::float8 as finished_ms,
  u.id as creator_id, u.email as creator_email,
  s.done_bytes::float8 + coalesce(live.bytes, 0) as done_bytes, s.total_bytes::float8 as total_bytes,
  s.done_items::float8 + coalesce(live.items, 0) as done_items, s.total_items::float8 as total_items,
  s.skipped_items::float8 as skipped_items, s.failed_chunks, s.counts, s.finding_count::float8 as finding_count,
  s.risk_score, s.risk, s.error, s.revision::float8 as revision
from scans s
left join users u on u.id = s.created_by
left join lateral (
  select sum(c.progress_bytes)::float8 as bytes, sum(c.progress_items)::float8 as items
  from scan_chunks c where c.scan_id = s.id and c.status = 'running'
) live on s.status in ('planning', 'running')`;

const toIso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function toScan(row: ScanRow): Scan {
  const { counts } = row;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    source: { kind: row.source_kind, label: row.source_label },
    createdAt: new Date(row.created_ms).toISOString(),
    startedAt: toIso(row.started_ms),
    finishedAt: toIso(row.finished_ms),
    createdBy: row.creator_id === null ? null : { id: row.creator_id, email: row.creator_email ?? '' },
    progress: {
      doneBytes: row.done_bytes,
      // A file may have grown since it was planned, and a site is planned as one page.
      totalBytes: Math.max(row.total_bytes, row.done_bytes),
      doneItems: row.done_items,
      totalItems: Math.max(row.total_items, row.done_items),
      skippedItems: row.skipped_items,
      failedParts: row.failed_chunks,
    },
    counts: {
      low: counts.severity.low ?? 0,
      medium: counts.severity.medium ?? 0,
      high: counts.severity.high ?? 0,
      critical: counts.severity.critical ?? 0,
    },
    categoryCounts: counts.category,
    typeCounts: counts.type,
    findingCount: row.finding_count,
    riskScore: row.risk_score,
    risk: row.risk,
    error: row.error?.message ?? null,
    failure: row.error,
    revision: row.revision,
  };
}

/** What a new scan is stored with. */
export interface ScanRecord {
  readonly id: string;
  readonly organisationId: string;
  readonly userId: string;
  readonly name: string;
  readonly sourceKind: SourceKind;
  readonly sourceLabel: string;
  readonly sealedSource: Buffer;
  readonly sealedPlan: Buffer;
  readonly uploadId: string | undefined;
  readonly options: object;
}

/** Stores a scan and the chunk that will plan it. */
export async function insertScan(sql: SqlRunner, record: ScanRecord): Promise<void> {
  await sql.query(
    `insert into scans (id, organisation_id, created_by, name, source_kind, source_label, source_sealed, upload_id, options)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      record.id,
      record.organisationId,
      record.userId,
      record.name,
      record.sourceKind,
      record.sourceLabel,
      record.sealedSource,
      record.uploadId ?? null,
      JSON.stringify(record.options),
    ],
  );
  await sql.query(
    `insert into scan_chunks (scan_id, organisation_id, ordinal, payload_sealed, payload_digest) values ($1, $2, -1, $3, '')`,
    [record.id, record.organisationId, record.sealedPlan],
  );
}

/** One visible scan. */
export async function findScan(sql: SqlRunner, id: string): Promise<Scan | undefined> {
  const { rows } = await sql.query<ScanRow>(`${SELECT} where s.id = $1`, [id]);
  return rows[0] === undefined ? undefined : toScan(rows[0]);
}

/** Which scans a list shows. */
export interface ScanListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: readonly ScanStatus[] | undefined;
  readonly q?: string | undefined;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Visible scans, newest first. */
export async function listScans(sql: SqlRunner, query: ScanListQuery): Promise<Page<Scan>> {
  const conditions: string[] = [];
  const values: unknown[] = [query.limit + 1];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  if (query.cursor !== undefined) {
    const [at, id] = parseCursor(query.cursor, 2);
    conditions.push(`(s.created_at, s.id) < (${bind(at)}::timestamptz, ${bind(id)}::uuid)`);
  }
  if (query.status !== undefined) conditions.push(`s.status = any(${bind(query.status)})`);
  if (query.q !== undefined) {
    const pattern = bind(`%${query.q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
    conditions.push(`(s.name ilike ${pattern} or s.source_label ilike ${pattern})`);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await sql.query<ScanRow>(
    `${SELECT} ${where} order by s.created_at desc, s.id desc limit $1`,
    values,
  );
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toScan),
    nextCursor: rows.length > query.limit && last ? formatCursor([last.created_key, last.id]) : null,
  };
}

/** Who made a visible scan, and what it needs to run again. */
export interface ScanOwnership {
  readonly status: ScanStatus;
  readonly createdBy: string | null;
  readonly uploadId: string | null;
  readonly isUploadGone: boolean;
  readonly sourceKind: SourceKind;
}

/** Locks a visible scan for a change. */
export async function lockScan(sql: SqlRunner, id: string): Promise<ScanOwnership | undefined> {
  const { rows } = await sql.query<{
    status: ScanStatus;
    created_by: string | null;
    upload_id: string | null;
    gone: boolean;
    source_kind: SourceKind;
  }>(
    `select s.status, s.created_by, s.upload_id, s.source_kind,
       s.source_kind = 'upload' and not exists (select from uploads u where u.id = s.upload_id and u.deleted_at is null) as gone
     from scans s where s.id = $1 for update of s`,
    [id],
  );
  const row = rows[0];
  return row === undefined
    ? undefined
    : {
        status: row.status,
        createdBy: row.created_by,
        uploadId: row.upload_id,
        isUploadGone: row.gone,
        sourceKind: row.source_kind,
      };
}

/** Ends a scan at once: workers find their leases gone at the next sign of life. */
export async function cancelScan(sql: SqlRunner, id: string): Promise<void> {
  await sql.query(
    `update scan_chunks set status = 'cancelled', finished_at = now(), lease_token = lease_token + 1, lease_owner = null,
       progress_bytes = 0, progress_items = 0
     where scan_id = $1 and status in ('pending', 'running')`,
    [id],
  );
  await sql.query(`update scans set status = 'cancelled', finished_at = now(), revision = revision + 1 where id = $1`, [
    id,
  ]);
}

/** Opens the parts of an ended scan that are not done, or, when all are, starts it over. */
export async function reopenScan(sql: SqlRunner, id: string): Promise<void> {
  const { rowCount } = await sql.query(
    `update scan_chunks set status = 'pending', attempts = 0, crashes = 0, not_before = '-infinity', error = null,
       finished_at = null where scan_id = $1 and status in ('failed', 'cancelled')`,
    [id],
  );
  if (rowCount > 0) {
    await sql.query(
      `with gone as (delete from skipped_items where scan_id = $1 and code = 'PART_FAILED' returning id)
       update scans set skipped_items = skipped_items - (select count(*) from gone) where id = $1`,
      [id],
    );
  } else {
    for (const table of ['findings', 'skipped_items', 'scan_coverage'])
      await sql.query(`delete from ${table} where scan_id = $1`, [id]);
    await sql.query('delete from scan_chunks where scan_id = $1 and ordinal >= 0', [id]);
    await sql.query(`update scan_chunks set status = 'pending', attempts = 0 where scan_id = $1`, [id]);
    await sql.query(
      `update scans set total_bytes = 0, total_items = 0, done_bytes = 0, done_items = 0, skipped_items = 0,
         finding_count = 0, counts = '{"severity":{},"category":{},"type":{}}' where id = $1`,
      [id],
    );
  }
  await sql.query(
    `update scans s set failed_chunks = 0, error = null, finished_at = null, risk_score = null, risk = null, revision = revision + 1,
       status = case when exists (select from scan_chunks c where c.scan_id = s.id and c.ordinal = -1 and c.status = 'done')
         then 'running' else 'queued' end
     where id = $1`,
    [id],
  );
}

/** Deletes a scan with its findings. */
export async function deleteScan(sql: SqlRunner, id: string): Promise<boolean> {
  const { rowCount } = await sql.query('delete from scans where id = $1', [id]);
  return rowCount > 0;
}

/** What a scan left out, oldest first. */
export async function listSkipped(
  sql: SqlRunner,
  id: string,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<{ readonly item: string; readonly code: string; readonly reason: string }>> {
  const after = page.cursor === undefined ? 0 : (parseCursor(page.cursor, 1)[0] ?? 0);
  const { rows } = await sql.query<{ id: string; item: string; code: string; reason: string }>(
    `select id::text, item, code, reason from skipped_items where scan_id = $1 and id > $2 order by id limit $3`,
    [id, after, page.limit + 1],
  );
  const shown = rows.slice(0, page.limit);
  return {
    items: shown.map(({ item, code, reason }) => ({ item, code, reason })),
    nextCursor: rows.length > page.limit ? formatCursor([shown.at(-1)?.id ?? '0']) : null,
  };
}
