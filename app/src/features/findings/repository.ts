import type { FindingCategory, FindingLocation } from '@dataguardian/scanner';
import type { TriageStatus } from '../reports/report-model.ts';
import { formatCursor, parseCursor } from '../scans/cursor.ts';
import type { Page } from '../scans/repository.ts';
import type { SqlRunner } from '../scans/sql-runner.ts';
import { type StoredFinding, fromSeverityRank, toSeverityRank } from './finding.ts';
import type { Decision, FindingFilter, FindingQuery } from './schema.ts';

interface FindingRow {
  readonly id: string;
  readonly scan_id: string;
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: number;
  readonly score: number;
  readonly reasons: readonly string[];
  readonly location: FindingLocation;
  readonly masked: string;
  readonly context: string;
  readonly status: TriageStatus;
  readonly status_reason: string | null;
  readonly decided_by: string | null;
  readonly decided_ms: number | null;
  readonly created_ms: number;
  readonly fingerprint: string;
  readonly keys: readonly (string | number)[];
}

const COLUMNS = `f.id, f.scan_id, f.type, f.category, f.severity, f.score, f.reasons, f.location, f.masked, f.context,
  f.status, f.status_reason, u.email as decided_by, (extract(epoch from f.status_at) * 1000)::float8 as decided_ms,
  (extract(epoch from f.created_at) * 1000)::float8 as created_ms, encode(f.fingerprint, 'hex') as fingerprint`;

function toFinding(row: FindingRow): StoredFinding {
  return {
    id: row.id,
    scanId: row.scan_id,
    type: row.type,
    category: row.category,
    severity: fromSeverityRank(row.severity),
    score: row.score,
    reasons: row.reasons,
    location: row.location,
    masked: row.masked,
    context: row.context,
    status: row.status,
    reason: row.status_reason,
    decidedBy: row.decided_by,
    decidedAt: row.decided_ms === null ? null : new Date(row.decided_ms).toISOString(),
    createdAt: new Date(row.created_ms).toISOString(),
  };
}

/** Collects bound values. */
interface Binder {
  readonly values: unknown[];
  bind(value: unknown): string;
}

function createBinder(): Binder {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

/** What narrows a list beside its filter. */
export interface FindingScope {
  readonly scanId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

function toConditions(scope: FindingScope, filter: FindingFilter, { bind }: Binder): string {
  const conditions = ['true'];
  if (scope.scanId !== undefined) conditions.push(`f.scan_id = ${bind(scope.scanId)}`);
  if (scope.ids !== undefined) conditions.push(`f.id = any(${bind(scope.ids)}::uuid[])`);
  if (filter.severity) conditions.push(`f.severity = any(${bind(filter.severity.map(toSeverityRank))}::smallint[])`);
  if (filter.status) conditions.push(`f.status = any(${bind(filter.status)})`);
  if (filter.category) conditions.push(`f.category = any(${bind(filter.category)})`);
  if (filter.type) conditions.push(`f.type = any(${bind(filter.type)})`);
  if (filter.q) conditions.push(`f.item ilike ${bind(`%${filter.q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)}`);
  return conditions.join(' and ');
}

interface Order {
  readonly keys: string;
  readonly types: readonly string[];
  readonly direction: 'asc' | 'desc';
}

/** Every order ends in the id, so that a cursor points at exactly one row; all keys run the same way. */
const ORDERS: Readonly<Record<FindingQuery['sort'], Order>> = {
  severity: { keys: 'f.severity, f.score, f.id', types: ['smallint', 'float8', 'uuid'], direction: 'desc' },
  newest: { keys: 'f.created_at, f.id', types: ['timestamptz', 'uuid'], direction: 'desc' },
  score: { keys: 'f.score, f.id', types: ['float8', 'uuid'], direction: 'desc' },
  place: { keys: 'f.item, f.id', types: ['text', 'uuid'], direction: 'asc' },
  type: { keys: 'f.type, f.id', types: ['text', 'uuid'], direction: 'asc' },
};

/**
 * Findings that may be seen, filtered, in order, page by page. The first page and its total are of one moment; further
 * pages share a total with each other, so that scrolling does not count anew.
 */
export async function listFindings(
  sql: SqlRunner,
  scope: FindingScope,
  query: FindingQuery,
): Promise<Page<StoredFinding> & { readonly total: number }> {
  const binder = createBinder();
  const { keys, types, direction } = ORDERS[query.sort];
  const isFirst = query.cursor === undefined;
  const total = isFirst
    ? `(select count(*)::float8 from findings f where ${toConditions(scope, query, binder)})`
    : 'null::float8';
  let where = toConditions(scope, query, binder);
  if (query.cursor !== undefined) {
    const bound = parseCursor(query.cursor, types.length).map((key, index) => `${binder.bind(key)}::${types[index]}`);
    where += ` and (${keys}) ${direction === 'desc' ? '<' : '>'} (${bound.join(', ')})`;
  }
  const columns = keys.split(', ');
  const { rows } = await sql.query<FindingRow & { readonly total: number | null }>(
    `select ${COLUMNS}, jsonb_build_array(${columns.map((key) => (key === 'f.created_at' ? `${key}::text` : key)).join(', ')}) as keys,
       ${total} as total
     from findings f left join users u on u.id = f.status_by
     where ${where} order by ${columns.map((key) => `${key} ${direction}`).join(', ')} limit ${binder.bind(query.limit + 1)}`,
    binder.values,
  );
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toFinding),
    nextCursor: rows.length > query.limit && last ? formatCursor(last.keys) : null,
    total: isFirst ? (rows[0]?.total ?? 0) : await countFindings(sql, scope, query),
  };
}

async function countFindings(sql: SqlRunner, scope: FindingScope, filter: FindingFilter): Promise<number> {
  const binder = createBinder();
  const { rows } = await sql.query<{ n: number }>(
    `select count(*)::float8 as n from findings f where ${toConditions(scope, filter, binder)}`,
    binder.values,
  );
  return rows[0]?.n ?? 0;
}

/** Findings put under headings. */
export interface FindingGroup {
  readonly key: string;
  readonly count: number;
  readonly severity: StoredFinding['severity'];
}

/** Counts by file or type, worst and largest first; at most 1000 groups. */
export async function groupFindings(
  sql: SqlRunner,
  scope: FindingScope,
  query: FindingFilter & { readonly group: 'file' | 'type' },
): Promise<readonly FindingGroup[]> {
  const binder = createBinder();
  const key = query.group === 'file' ? 'f.item' : 'f.type';
  const { rows } = await sql.query<{ key: string; count: number; severity: number }>(
    `select ${key} as key, count(*)::float8 as count, max(f.severity)::int as severity from findings f
     where ${toConditions(scope, query, binder)} group by 1 order by 3 desc, 2 desc, 1 limit 1000`,
    binder.values,
  );
  return rows.map((row) => ({ key: row.key, count: row.count, severity: fromSeverityRank(row.severity) }));
}

/** One visible finding. */
export async function findFinding(sql: SqlRunner, id: string): Promise<StoredFinding | undefined> {
  const { rows } = await sql.query<FindingRow>(
    `select ${COLUMNS} from findings f left join users u on u.id = f.status_by where f.id = $1`,
    [id],
  );
  return rows[0] === undefined ? undefined : toFinding(rows[0]);
}

/** Findings of a scan that arrived after a revision of it, oldest first. */
export async function findingsSince(
  sql: SqlRunner,
  scanId: string,
  range: { readonly after: number; readonly limit: number },
): Promise<readonly (StoredFinding & { readonly batch: number })[]> {
  const { rows } = await sql.query<FindingRow & { readonly batch: number }>(
    `select ${COLUMNS}, f.batch::float8 as batch from findings f left join users u on u.id = f.status_by
     where f.scan_id = $1 and f.batch > $2 order by f.batch, f.severity desc limit $3`,
    [scanId, range.after, range.limit],
  );
  return rows.map((row) => ({ ...toFinding(row), batch: row.batch }));
}

/** A stored finding with the fingerprint that exports carry. */
export type ExportedFinding = StoredFinding & { readonly fingerprint: string };

/** Every finding of a scan, worst first, in pages: a scan may have more than memory holds. */
export async function* exportFindings(
  readPage: <Result>(work: (sql: SqlRunner) => Promise<Result>) => Promise<Result>,
  scanId: string,
): AsyncGenerator<ExportedFinding> {
  const pageRows = 2_000;
  let after: readonly (string | number)[] | undefined;
  for (;;) {
    const rows = await readPage(async (sql) => {
      const values: unknown[] = [scanId, pageRows];
      if (after !== undefined) values.push(...after);
      const page = await sql.query<FindingRow>(
        `select ${COLUMNS}, jsonb_build_array(f.severity, f.score, f.id) as keys
         from findings f left join users u on u.id = f.status_by
         where f.scan_id = $1 ${after === undefined ? '' : 'and (f.severity, f.score, f.id) < ($3::smallint, $4::float8, $5::uuid)'}
         order by f.severity desc, f.score desc, f.id desc limit $2`,
        values,
      );
      return page.rows;
    });
    for (const row of rows) yield { ...toFinding(row), fingerprint: row.fingerprint };
    if (rows.length < pageRows) return;
    after = rows.at(-1)?.keys;
  }
}

/**
 * Decides about visible findings and, for dismissals, remembers the decision for the value, so that it does not come
 * back with the next scan; any other decision forgets it.
 *
 * @returns ids of the scans whose risk changed, and how many findings were decided.
 */
export async function decideFindings(
  sql: SqlRunner,
  selection: { readonly scope: FindingScope; readonly filter: FindingFilter },
  decision: Decision & { readonly userId: string },
): Promise<{ readonly scanIds: readonly string[]; readonly count: number }> {
  const binder = createBinder();
  const status = binder.bind(decision.status);
  const reason = binder.bind(decision.reason ?? null);
  const userId = binder.bind(decision.userId);
  const { rows } = await sql.query<{ scan_id: string; n: number }>(
    `with decided as (
       update findings f set status = ${status}, status_reason = ${reason}, status_by = ${userId}::uuid, status_at = now()
       where ${toConditions(selection.scope, selection.filter, binder)}
       returning organisation_id, scan_id, fingerprint, type
     ), remembered as (
       insert into finding_verdicts (organisation_id, fingerprint, type, status, reason, decided_by)
       select distinct organisation_id, fingerprint, type, ${status}, ${reason}, ${userId}::uuid from decided
       where ${status} in ('false_positive', 'accepted_risk')
       on conflict (organisation_id, fingerprint, type)
         do update set status = excluded.status, reason = excluded.reason, decided_by = excluded.decided_by, decided_at = now()
     ), forgotten as (
       delete from finding_verdicts v using (select distinct organisation_id, fingerprint, type from decided) d
       where ${status} not in ('false_positive', 'accepted_risk')
         and v.organisation_id = d.organisation_id and v.fingerprint = d.fingerprint and v.type = d.type
     )
     select scan_id, count(*)::float8 as n from decided group by 1`,
    binder.values,
  );
  return { scanIds: rows.map((row) => row.scan_id), count: rows.reduce((sum, { n }) => sum + n, 0) };
}
