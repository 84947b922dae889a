import { createHash } from 'node:crypto';
import { isAbsolute, join, relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ScanChunk, ScanOptions, ScanPool, SourceSpec } from '@dataguardian/scanner';
import type { SealedBox } from '../features/scans/sealed-box.ts';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import { type ClaimedChunk, PLAN_ORDINAL } from './chunk-queue.ts';
import { fenceChunk } from './chunk-results.ts';

/** What planning needs. */
export interface PlanRequest {
  readonly chunk: ClaimedChunk;
  readonly source: SourceSpec;
  readonly options: ScanOptions;
  readonly box: SealedBox;
  /** Lists the source in a thread: a large folder must not hold up the server. */
  readonly pool: ScanPool;
  /** Runs one transaction of the scan's organisation. */
  readonly inTransaction: <Result>(work: (sql: SqlRunner) => Promise<Result>) => Promise<Result>;
  readonly onChunks: () => void;
  /** Folder whose files are left out: the platform's own, with everybody's uploads. */
  readonly reserved: string;
}

/** Chunks written in one transaction; small enough to start the scan early, large enough to write fast. */
const BATCH = 50;

/** The source changed between two attempts to plan it. */
class PlanChanged extends Error {}

/**
 * Lists the source and stores its chunks while others are scanned already. Numbers of chunks are deterministic: after a
 * crash the same plan is walked again and what is stored already is skipped. When the source has changed meanwhile, the
 * scan starts over, because its finished chunks belong to another plan.
 *
 * @throws ScannerError when the source cannot be listed; LeaseLost when another worker plans it or it was cancelled.
 */
export async function runPlan(request: PlanRequest): Promise<void> {
  try {
    await walkPlan(request);
  } catch (error) {
    if (!(error instanceof PlanChanged)) throw error;
    await request.inTransaction((sql) => startOver(sql, request.chunk));
    await walkPlan(request);
  }
}

async function walkPlan({
  chunk,
  source,
  options,
  box,
  pool,
  inTransaction,
  onChunks,
  reserved,
}: PlanRequest): Promise<void> {
  let batch: ScanChunk[] = [];
  let size = 1;
  let last = PLAN_ORDINAL;
  await inTransaction(async (sql) => {
    await fenceChunk(sql, chunk);
    await sql.query(
      `update scans set status = 'planning', started_at = coalesce(started_at, now()), revision = revision + 1
       where id = $1 and status in ('queued', 'planning')`,
      [chunk.scanId],
    );
  });
  const flush = async (): Promise<void> => {
    const chunks = batch;
    batch = [];
    await inTransaction((sql) => storeChunks(sql, { claimed: chunk, chunks, box }));
    // The first chunk is offered at once, later ones in larger groups.
    size = Math.min(BATCH, size * 4);
    onChunks();
  };
  for await (const planned of pool.planScan(source, { ...options, scanId: chunk.scanId })) {
    last = planned.ordinal;
    batch.push(withoutReserved(planned, source, reserved));
    if (batch.length >= size) await flush();
  }
  if (batch.length > 0) await flush();
  await inTransaction(async (sql) => {
    await fenceChunk(sql, chunk);
    const { rowCount } = await sql.query('select from scan_chunks where scan_id = $1 and ordinal > $2 limit 1', [
      chunk.scanId,
      last,
    ]);
    if (rowCount > 0) throw new PlanChanged();
    await sql.query(`update scan_chunks set status = 'done', finished_at = now() where scan_id = $1 and ordinal = $2`, [
      chunk.scanId,
      PLAN_ORDINAL,
    ]);
    await sql.query(`update scans set status = 'running', revision = revision + 1 where id = $1`, [chunk.scanId]);
  });
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Leaves out what lies in the reserved folder, as when a whole disk is scanned. */
function withoutReserved(chunk: ScanChunk, source: SourceSpec, reserved: string): ScanChunk {
  if (chunk.kind !== 'files' || source.kind !== 'path') return chunk;
  // A folder elsewhere holds nothing of what is reserved: most scans are spared the look at every file.
  if (!isWithin(source.path, reserved) && !isWithin(reserved, source.path)) return chunk;
  const isReserved = ({ path }: { readonly path: string }): boolean =>
    join(source.path, path).startsWith(`${reserved}${sep}`);
  const bytes = chunk.items.filter(isReserved).reduce((sum, item) => sum + item.bytes, 0);
  return {
    ...chunk,
    items: chunk.items.filter((item) => !isReserved(item)),
    estimatedBytes: Math.max(0, chunk.estimatedBytes - bytes),
  };
}

interface StoreRequest {
  readonly claimed: ClaimedChunk;
  readonly chunks: readonly ScanChunk[];
  readonly box: SealedBox;
}

async function storeChunks(sql: SqlRunner, { claimed, chunks, box }: StoreRequest): Promise<void> {
  await fenceChunk(sql, claimed);
  const { scanId, organisationId } = claimed;
  const { rows: known } = await sql.query<{ ordinal: number; digest: string }>(
    `select ordinal, encode(payload_digest, 'hex') as digest from scan_chunks where scan_id = $1 and ordinal = any($2)`,
    [scanId, chunks.map(({ ordinal }) => ordinal)],
  );
  const stored = new Map(known.map(({ ordinal, digest }) => [ordinal, digest]));
  const prepared: { readonly chunk: ScanChunk; readonly payload: string; readonly digest: string }[] = [];
  for (const chunk of chunks) {
    const payload = JSON.stringify(chunk);
    prepared.push({ chunk, payload, digest: createHash('sha256').update(payload).digest('hex') });
    // A part is about a millisecond of work: a batch at once would keep everybody's requests waiting.
    await nextTurn();
  }
  const fresh = prepared.filter(({ chunk, digest }) => {
    const before = stored.get(chunk.ordinal);
    if (before !== undefined && before !== digest) throw new PlanChanged();
    return before === undefined;
  });
  if (fresh.length === 0) return;
  const records: { ordinal: number; payload: string; digest: string; bytes: number; items: number }[] = [];
  for (const { chunk, payload, digest } of fresh) {
    records.push({
      ordinal: chunk.ordinal,
      payload: box.seal(payload, scanId).toString('hex'),
      digest,
      bytes: Math.round(chunk.estimatedBytes),
      items: chunk.items.length,
    });
    await nextTurn();
  }
  await sql.query(
    `insert into scan_chunks (scan_id, organisation_id, ordinal, payload_sealed, payload_digest, estimated_bytes, item_count)
     select $1, $2, x.ordinal, decode(x.payload, 'hex'), decode(x.digest, 'hex'), x.bytes, x.items
     from jsonb_to_recordset($3::jsonb) as x(ordinal int, payload text, digest text, bytes bigint, items int)`,
    [scanId, organisationId, JSON.stringify(records)],
  );
  await sql.query(
    `update scans set total_bytes = total_bytes + $2, total_items = total_items + $3, revision = revision + 1 where id = $1`,
    [scanId, records.reduce((sum, { bytes }) => sum + bytes, 0), records.reduce((sum, { items }) => sum + items, 0)],
  );
}

async function startOver(sql: SqlRunner, chunk: ClaimedChunk): Promise<void> {
  await fenceChunk(sql, chunk);
  const { scanId } = chunk;
  await sql.query('delete from scan_chunks where scan_id = $1 and ordinal > $2', [scanId, PLAN_ORDINAL]);
  for (const table of ['findings', 'skipped_items', 'scan_coverage'])
    await sql.query(`delete from ${table} where scan_id = $1`, [scanId]);
  await sql.query(
    `update scans set total_bytes = 0, total_items = 0, done_bytes = 0, done_items = 0, skipped_items = 0, failed_chunks = 0,
       finding_count = 0, counts = '{"severity":{},"category":{},"type":{}}', error = null, revision = revision + 1
     where id = $1`,
    [scanId],
  );
}
