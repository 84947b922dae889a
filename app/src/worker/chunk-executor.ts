import { realpath } from 'node:fs/promises';
import { DatabaseError } from '@dataguardian/performance';
import type { ScanChunk, ScanPool } from '@dataguardian/scanner';
import { scanChunks } from '@dataguardian/telemetry';
import { scanChannel, scanTags } from '../features/scans/scan-signals.ts';
import { scanOptionsSchema, scanSourceSchema } from '../features/scans/schema.ts';
import { createSealedBox, fingerprintKey } from '../features/scans/sealed-box.ts';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import { deleteUploadFiles } from '../features/uploads/upload-store.ts';
import type { AppContext } from '../server/context.ts';
import { withTenant } from '../server/tenant.ts';
import { type ChunkQueue, type ClaimedChunk, MAX_ATTEMPTS, PLAN_ORDINAL } from './chunk-queue.ts';
import { completeChunk, failChunk, LeaseLost } from './chunk-results.ts';
import { type ChunkProgress, chunkItems, describeFailure, runChunk } from './chunk-runner.ts';
import { runPlan } from './plan-runner.ts';
import { retryDelayMs, settleScan } from './scan-settler.ts';
import { toSourceSpec } from './scan-source.ts';

/** A chunk in work. */
export interface ActiveChunk {
  readonly chunk: ClaimedChunk;
  readonly abort: AbortController;
  readonly progress: ChunkProgress;
  /** Monotonic time of the last sign of life that the database took. */
  renewedAt: number;
}

/** Does what a claimed chunk asks for, and ends scans. */
export interface ChunkExecutor {
  /** Plans or scans the chunk and stores what it brings; failures are stored too. */
  execute(active: ActiveChunk): Promise<void>;
  /** Ends the scan when no part of it is open. */
  settle(organisationId: string, scanId: string): Promise<void>;
}

/** What the executor works with. */
export interface ExecutorOptions {
  readonly queue: ChunkQueue;
  readonly pool: ScanPool;
  readonly leaseMs: number;
  /** Told when a plan has offered chunks. */
  readonly onChunks: () => void;
}

const RETRY_MS = 500;

/** Makes the executor. */
export function createChunkExecutor(context: AppContext, options: ExecutorOptions): ChunkExecutor {
  const { queue, pool, leaseMs, onChunks } = options;
  const { clock, log, ownerDatabase, database, cache, config, secret } = context;
  const box = createSealedBox(secret);

  function transactionsOf(organisationId: string) {
    return <Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> =>
      withTenant(database, { organisationId }, work);
  }

  /** Tries again while the database is away and the lease lasts: what was scanned is not thrown away for a blink. */
  function patientTransactionsOf(active: ActiveChunk) {
    const inTransaction = transactionsOf(active.chunk.organisationId);
    return async <Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> => {
      for (;;) {
        try {
          return await inTransaction(work);
        } catch (error) {
          const isLeased = clock.monotonic() - active.renewedAt < leaseMs;
          if (!(error instanceof DatabaseError) || !isLeased || active.abort.signal.aborted) throw error;
          await clock.sleep(RETRY_MS);
        }
      }
    };
  }

  async function announce(organisationId: string, scanId: string): Promise<void> {
    await cache.invalidateTags(scanTags(organisationId, scanId));
    await ownerDatabase.query('select pg_notify($1, $2)', [scanChannel, JSON.stringify({ organisationId, scanId })]);
  }

  async function settle(organisationId: string, scanId: string): Promise<void> {
    const inTransaction = transactionsOf(organisationId);
    // The upload goes with the end of its scan, so that nobody scans again what is about to be deleted.
    const settled = await inTransaction(async (sql) => {
      const ended = await settleScan(sql, scanId);
      if (ended?.uploadId !== undefined && ended.removesUpload)
        await sql.query('update uploads set deleted_at = now() where id = $1', [ended.uploadId]);
      return ended;
    });
    if (settled === undefined) return;
    log.info({ scanId, status: settled.status }, 'scan ended');
    if (settled.uploadId !== undefined && settled.removesUpload)
      await deleteUploadFiles(config.dataDir, settled.uploadId);
    await announce(organisationId, scanId);
  }

  async function run(active: ActiveChunk, onItems: (items: readonly string[]) => void): Promise<number> {
    const { chunk, abort, progress } = active;
    const { scanId, organisationId } = chunk;
    const inTransaction = patientTransactionsOf(active);
    const source = toSourceSpec(
      scanSourceSchema.parse(JSON.parse(box.open(chunk.sealedSource, scanId))),
      config.dataDir,
    );
    const { minimumScore, types } = scanOptionsSchema.parse(chunk.options);
    const scanOptions = {
      fingerprintKey: fingerprintKey(secret, organisationId),
      signal: abort.signal,
      detection: {
        ...(minimumScore === undefined ? {} : { minimumScore }),
        ...(types === undefined ? {} : { types }),
      },
    };
    if (chunk.ordinal === PLAN_ORDINAL) {
      const reserved = await realpath(config.dataDir);
      await runPlan({ chunk, source, options: scanOptions, box, pool, inTransaction, onChunks, reserved });
      return 0;
    }
    const planned = JSON.parse(box.open(chunk.sealedPayload, scanId)) as ScanChunk; // written by runPlan
    onItems(chunkItems(planned));
    const results = await runChunk({
      claimed: chunk,
      chunk: planned,
      source,
      options: scanOptions,
      pool,
      inTransaction,
      progress,
    });
    return inTransaction((sql) => completeChunk(sql, chunk, results));
  }

  async function giveBack(active: ActiveChunk, error: unknown, items: readonly string[]): Promise<void> {
    const { chunk, abort } = active;
    if (error instanceof LeaseLost) return;
    // Neither a stop nor a database that is away says anything about the chunk: no attempt is counted.
    if (abort.signal.aborted || error instanceof DatabaseError) {
      await queue.release(chunk);
      return;
    }
    const described = describeFailure(error);
    const isFinal = described.isFinal || chunk.attempts + 1 >= MAX_ATTEMPTS;
    log.warn(
      { scanId: chunk.scanId, part: chunk.ordinal, code: described.code, attempt: chunk.attempts + 1, isFinal },
      'part of a scan failed',
    );
    await patientTransactionsOf(active)((sql) =>
      failChunk(sql, chunk, { ...described, isFinal, retryAfterMs: retryDelayMs(chunk.attempts), items }),
    );
  }

  return {
    settle,
    async execute(active) {
      const { chunk, progress } = active;
      const { scanId, organisationId, userId } = chunk;
      const begin = clock.monotonic();
      let items: readonly string[] = ['the source'];
      let findingCount = 0;
      let failed = false;
      try {
        findingCount = await run(active, (named) => {
          items = named;
        });
      } catch (error) {
        failed = true;
        await giveBack(active, error, items);
      }
      if (scanChunks.hasSubscribers)
        scanChunks.publish({
          scanId,
          userId,
          durationMs: clock.monotonic() - begin,
          bytes: progress.bytes,
          itemCount: progress.items,
          findingCount,
          failed,
        });
      await announce(organisationId, scanId);
      await settle(organisationId, scanId);
    },
  };
}
