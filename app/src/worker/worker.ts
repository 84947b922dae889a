import { createScanPool, type ScanChunk } from '@dataguardian/scanner';
import { scanChunks, scanQueue, type ComponentHealth } from '@dataguardian/telemetry';
import type { AppContext } from '../server/context.ts';
import { withTenant } from '../server/tenant.ts';
import { createSealedBox, fingerprintKey } from '../features/scans/sealed-box.ts';
import { scanChannel, scanTags } from '../features/scans/scan-signals.ts';
import { scanOptionsSchema, scanSourceSchema } from '../features/scans/schema.ts';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import { deleteUploadFiles } from '../features/uploads/upload-store.ts';
import { type ClaimedChunk, createChunkQueue, MAX_ATTEMPTS, PLAN_ORDINAL } from './chunk-queue.ts';
import { type ChunkProgress, chunkItems, describeFailure, runChunk } from './chunk-runner.ts';
import { completeChunk, failChunk, LeaseLost, renewLease } from './chunk-results.ts';
import { currentLeaseOwner, livingStarts } from './lease-owner.ts';
import { runPlan } from './plan-runner.ts';
import { retryDelayMs, settleScan } from './scan-settler.ts';
import { toSourceSpec } from './scan-source.ts';
import { resolveWorkerOptions, type WorkerOptions } from './options.ts';
import { startSchedules } from './schedules.ts';

/** How a worker stands. */
export interface WorkerStatus {
  readonly state: 'running' | 'paused' | 'stopped';
  readonly runningChunks: number;
  readonly threads: number;
  /** Why it is paused. */
  readonly detail?: string;
}

/** Takes chunks of any organisation's scans and scans them. */
export interface Worker {
  /** Gives running chunks back and ends the threads. */
  stop(): Promise<void>;
  status(): WorkerStatus;
  health(): ComponentHealth;
}

interface Running {
  readonly chunk: ClaimedChunk;
  readonly abort: AbortController;
  readonly progress: ChunkProgress;
  renewedAt: number;
  readonly finished: Promise<void>;
}

/**
 * Starts a worker on the queue in the database. It works with any number of others, in this process or elsewhere; it
 * pauses while the database is away and goes on by itself.
 */
export async function startWorker(context: AppContext, options: WorkerOptions = {}): Promise<Worker> {
  const { threads, leaseMs, heartbeatMs, pollMs, perScan, perUser } = resolveWorkerOptions(options);
  const { clock, log, ownerDatabase, database, config, secret } = context;
  const self = currentLeaseOwner();
  livingStarts.add(self.start);
  const queue = createChunkQueue(ownerDatabase);
  const box = createSealedBox(secret);
  const pool = createScanPool({ threads });
  const running = new Map<string, Running>();
  let state: WorkerStatus['state'] = 'running';
  let detail: string | undefined;
  let isPumping = false;
  let isWoken = false;

  const inTransactionOf =
    (organisationId: string) =>
    <Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> =>
      withTenant(database, { organisationId }, work);

  async function announce(organisationId: string, scanId: string): Promise<void> {
    await context.cache.invalidateTags(scanTags(organisationId, scanId));
    await ownerDatabase.query('select pg_notify($1, $2)', [scanChannel, JSON.stringify({ organisationId, scanId })]);
  }

  async function settle(organisationId: string, scanId: string): Promise<void> {
    const settled = await inTransactionOf(organisationId)((sql) => settleScan(sql, scanId));
    if (settled === undefined) return;
    log.info({ scanId, status: settled.status }, 'scan ended');
    if (settled.uploadId !== undefined && settled.removesUpload) {
      await deleteUploadFiles(config.dataDir, settled.uploadId);
      await inTransactionOf(organisationId)((sql) =>
        sql.query('update uploads set deleted_at = now() where id = $1', [settled.uploadId]),
      );
    }
    await announce(organisationId, scanId);
  }

  async function work(entry: Running): Promise<void> {
    const { chunk, abort, progress } = entry;
    const { scanId, organisationId, ordinal } = chunk;
    const inTransaction = inTransactionOf(organisationId);
    const begin = clock.monotonic();
    let items: readonly string[] = ['the source'];
    let findingCount = 0;
    let failed = false;
    try {
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
      if (ordinal === PLAN_ORDINAL) {
        await runPlan({ chunk, source, options: scanOptions, box, inTransaction, onChunks: wake });
      } else {
        const parsed = JSON.parse(box.open(chunk.sealedPayload, scanId)) as ScanChunk; // written by runPlan
        items = chunkItems(parsed);
        const results = await runChunk({
          claimed: chunk,
          chunk: parsed,
          source,
          options: scanOptions,
          pool,
          inTransaction,
          progress,
        });
        findingCount = await inTransaction((sql) => completeChunk(sql, chunk, results));
      }
    } catch (error) {
      failed = true;
      await giveBack(chunk, { error, items, wasAborted: abort.signal.aborted });
    }
    if (scanChunks.hasSubscribers)
      scanChunks.publish({
        scanId,
        userId: chunk.userId,
        durationMs: clock.monotonic() - begin,
        bytes: progress.bytes,
        itemCount: progress.items,
        findingCount,
        failed,
      });
    await announce(organisationId, scanId);
    await settle(organisationId, scanId);
  }

  async function giveBack(
    chunk: ClaimedChunk,
    failure: { readonly error: unknown; readonly items: readonly string[]; readonly wasAborted: boolean },
  ): Promise<void> {
    const { error, items, wasAborted } = failure;
    if (error instanceof LeaseLost) return;
    if (wasAborted) {
      await queue.release(chunk);
      return;
    }
    const described = describeFailure(error);
    const isFinal = described.isFinal || chunk.attempts + 1 >= MAX_ATTEMPTS;
    log.warn(
      { scanId: chunk.scanId, part: chunk.ordinal, code: described.code, attempt: chunk.attempts + 1, isFinal },
      'part of a scan failed',
    );
    await inTransactionOf(chunk.organisationId)((sql) =>
      failChunk(sql, chunk, { ...described, isFinal, retryAfterMs: retryDelayMs(chunk.attempts), items }),
    );
  }

  function start(chunk: ClaimedChunk): void {
    const key = `${chunk.scanId}/${chunk.ordinal}`;
    const entry: Running = {
      chunk,
      abort: new AbortController(),
      progress: { bytes: 0, items: 0 },
      renewedAt: clock.monotonic(),
      finished: Promise.resolve().then(async () => {
        try {
          await work(entry);
        } catch (error) {
          // Most likely the database went away; the lease runs out and the chunk is taken again.
          if (!(error instanceof LeaseLost))
            log.warn(
              { scanId: chunk.scanId, part: chunk.ordinal, error: describeFailure(error).code },
              'part of a scan was lost',
            );
        } finally {
          running.delete(key);
          wake();
        }
      }),
    };
    running.set(key, entry);
  }

  async function renew(entry: Running): Promise<void> {
    const { chunk, progress, abort } = entry;
    try {
      const isOurs = await renewLease(ownerDatabase, chunk, { ...progress, leaseMs });
      if (isOurs) entry.renewedAt = clock.monotonic();
      else abort.abort(new LeaseLost(chunk));
    } catch {
      // Beyond the lease somebody else may hold the chunk: work on it would be thrown away.
      if (clock.monotonic() - entry.renewedAt > leaseMs) abort.abort(new LeaseLost(chunk));
    }
  }

  async function pump(): Promise<void> {
    if (isPumping) {
      isWoken = true;
      return;
    }
    isPumping = true;
    try {
      do {
        isWoken = false;
        while (state !== 'stopped' && running.size < threads) {
          const chunk = await queue.claim(self, { perScan, perUser, leaseMs });
          if (chunk === undefined) break;
          start(chunk);
        }
      } while (isWoken && state !== 'stopped');
      if (state === 'paused') {
        state = 'running';
        detail = undefined;
        log.info('worker: the database is back, going on');
      }
    } catch (error) {
      if (state === 'running') {
        state = 'paused';
        detail = 'The database does not answer; work goes on when it does.';
        log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'worker: paused');
      }
    } finally {
      isPumping = false;
    }
  }

  function wake(): void {
    void pump();
  }

  async function sweep(): Promise<void> {
    try {
      const { settleable } = await queue.sweep();
      for (const { organisationId, scanId } of settleable) await settle(organisationId, scanId);
      if (scanQueue.hasSubscribers) {
        const current = await queue.state();
        scanQueue.publish({ ...current, workerCount: Math.max(1, current.workerCount) });
      }
    } catch (error) {
      log.debug({ error: error instanceof Error ? error.message : 'unknown' }, 'worker: sweep failed');
    }
  }

  await queue.releaseDead(self);
  const timers = [
    clock.repeat(pollMs, wake),
    clock.repeat(heartbeatMs, () => {
      for (const entry of running.values()) void renew(entry);
    }),
    clock.repeat(pollMs * 2, () => void sweep()),
  ];
  const stopListening = await ownerDatabase.listen(scanChannel, (payload) => {
    wake();
    for (const entry of running.values()) if (payload.includes(entry.chunk.scanId)) void renew(entry);
  });
  const stopSchedules = await startSchedules(context, { onTick: wake });
  wake();

  const worker: Worker = {
    async stop() {
      if (state === 'stopped') return;
      state = 'stopped';
      for (const timer of timers) timer.cancel();
      for (const entry of running.values()) entry.abort.abort(new Error('the worker stops'));
      await Promise.allSettled([...running.values()].map(({ finished }) => finished));
      await Promise.allSettled([stopListening(), stopSchedules(), pool.close()]);
      livingStarts.delete(self.start);
    },
    status: () => ({ state, runningChunks: running.size, threads, ...(detail === undefined ? {} : { detail }) }),
    health: () =>
      state === 'running'
        ? { status: 'up', detail: `${running.size} of ${threads} threads at work` }
        : { status: state === 'paused' ? 'degraded' : 'down', detail: detail ?? 'The worker has stopped.' },
  };
  context.queueHealth = worker.health;
  return worker;
}
