import { DatabaseError, profilerThread } from '@dataguardian/performance';
import { createScanPool } from '@dataguardian/scanner';
import { scanQueue, type ComponentHealth } from '@dataguardian/telemetry';
import { scanChannel } from '../features/scans/scan-signals.ts';
import type { AppContext } from '../server/context.ts';
import { type ActiveChunk, createChunkExecutor } from './chunk-executor.ts';
import { type ClaimedChunk, createChunkQueue } from './chunk-queue.ts';
import { LeaseLost, renewLease } from './chunk-results.ts';
import { describeFailure } from './chunk-runner.ts';
import { currentLeaseOwner, livingStarts } from './lease-owner.ts';
import { resolveWorkerOptions, toWorkerOptions, type WorkerOptions } from './options.ts';
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

interface Running extends ActiveChunk {
  readonly finished: Promise<void>;
}

/**
 * Starts a worker on the queue in the database. It works with any number of others, in this process or elsewhere; it
 * pauses while the database is away and goes on by itself.
 */
export async function startWorker(context: AppContext, options: WorkerOptions = {}): Promise<Worker> {
  const { threads, leaseMs, heartbeatMs, pollMs, perScan, perUser, perOrganisation } = resolveWorkerOptions({
    ...toWorkerOptions(context.config.budgets),
    ...options,
  });
  const { clock, log, ownerDatabase, performance } = context;
  const self = currentLeaseOwner();
  livingStarts.add(self.start);
  const queue = createChunkQueue(ownerDatabase);
  const pool = createScanPool({ threads, background: true, imports: [profilerThread] });
  const executor = createChunkExecutor(context, { queue, pool, leaseMs, onChunks: wake });
  // A part that was cancelled and opened again may be here twice for a moment: its former work is still ending.
  const running = new Set<Running>();
  let state: WorkerStatus['state'] = 'running';
  let detail: string | undefined;
  let isPumping = false;
  let isWoken = false;

  function start(chunk: ClaimedChunk): void {
    const active: ActiveChunk = {
      chunk,
      abort: new AbortController(),
      progress: { bytes: 0, items: 0 },
      renewedAt: clock.monotonic(),
    };
    const finish = async (): Promise<void> => {
      try {
        await performance.profiler.run({ name: 'scan part' }, async () => {
          performance.profiler.label(chunk);
          await executor.execute(active);
        });
      } catch (error) {
        // Most likely the database went away for long; the lease runs out and the chunk is taken again.
        if (!(error instanceof LeaseLost))
          log.warn(
            { scanId: chunk.scanId, part: chunk.ordinal, code: describeFailure(error).code },
            'part of a scan was lost',
          );
      } finally {
        running.delete(entry);
        wake();
      }
    };
    const entry: Running = Object.assign(active, { finished: Promise.resolve().then(finish) });
    running.add(entry);
  }

  async function renew(active: ActiveChunk): Promise<void> {
    const { chunk, progress, abort } = active;
    try {
      const isOurs = await renewLease(ownerDatabase, chunk, { ...progress, leaseMs });
      if (isOurs) active.renewedAt = clock.monotonic();
      else abort.abort(new LeaseLost(chunk));
    } catch {
      // Beyond the lease somebody else may hold the chunk: work on it would be thrown away.
      if (clock.monotonic() - active.renewedAt > leaseMs) abort.abort(new LeaseLost(chunk));
    }
  }

  function pause(error: unknown): void {
    if (state !== 'running') return;
    state = 'paused';
    detail = 'The database does not answer; work goes on when it does.';
    log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'worker: paused');
  }

  function goOn(): void {
    if (state !== 'paused') return;
    state = 'running';
    detail = undefined;
    log.info('worker: the database is back, going on');
  }

  async function claimAll(): Promise<void> {
    do {
      isWoken = false;
      // While memory is short one part at a time goes on, so that nothing stands still and nothing new begins.
      while (state !== 'stopped' && running.size < (context.isShortOfMemory() ? 1 : threads)) {
        const chunk = await queue.claim(self, { perScan, perUser, perOrganisation, leaseMs });
        if (chunk === undefined) break;
        start(chunk);
      }
    } while (isWoken && state !== 'stopped');
  }

  async function pump(): Promise<void> {
    if (isPumping) {
      isWoken = true;
      return;
    }
    isPumping = true;
    try {
      await claimAll();
      goOn();
    } catch (error) {
      pause(error);
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
      goOn();
      for (const { organisationId, scanId } of settleable) await executor.settle(organisationId, scanId);
      if (!scanQueue.hasSubscribers) return;
      const current = await queue.state();
      scanQueue.publish({ ...current, workerCount: Math.max(1, current.workerCount) });
    } catch (error) {
      // With every thread at work nothing is claimed: only here is an outage seen.
      if (error instanceof DatabaseError) pause(error);
      log.debug({ reason: error instanceof Error ? error.message : 'unknown' }, 'worker: sweep failed');
    }
  }

  function signOfLife(isMeant: (chunk: ClaimedChunk) => boolean): void {
    for (const active of running) if (isMeant(active.chunk)) void renew(active);
  }

  await queue.releaseDead(self);
  const timers = [
    clock.repeat(pollMs, wake),
    clock.repeat(heartbeatMs, () => signOfLife(() => true)),
    clock.repeat(pollMs * 2, () => void sweep()),
  ];
  const stopListening = await ownerDatabase.listen(scanChannel, (payload) => {
    wake();
    // A cancelled scan is learnt of at once, not at the next heartbeat.
    signOfLife(({ scanId }) => payload.includes(scanId));
  });
  // Not waited for: scans need no schedules, and a first start installs the schema of the schedules.
  const schedules = startSchedules(context, { onTick: wake });
  wake();

  const worker: Worker = {
    async stop() {
      if (state === 'stopped') return;
      state = 'stopped';
      for (const timer of timers) timer.cancel();
      for (const { abort } of running) abort.abort(new Error('the worker stops'));
      await Promise.allSettled([...running].map(({ finished }) => finished));
      await Promise.allSettled([stopListening(), schedules.then((stopSchedules) => stopSchedules()), pool.close()]);
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
