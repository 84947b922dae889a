import fs from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { Clock } from '@dataguardian/telemetry';

/** What the process holds open and how quickly its thread pool answers. */
export interface ResourceState {
  /** How long a trivial job waited for a thread of the pool at the latest probe, in milliseconds. */
  readonly poolWaitMs: number;
  /** Threads of the pool. */
  readonly poolSize: number;
  /** Jobs of the whole machine that run or wait, for each of its processors; above 1 they wait. 0 when unknown. */
  readonly loadPerProcessor: number;
  /** Open handles and running requests of libuv by kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** Emitters that collected more listeners than they allow, with the place that added the last. */
  readonly listenerLeaks: readonly ListenerLeak[];
}

/** An emitter that more and more listeners are added to. */
export interface ListenerLeak {
  readonly emitter: string;
  readonly event: string;
  readonly listenerCount: number;
  /** Epoch milliseconds at which Node warned. */
  readonly at: number;
  /** Stack of the call that added the listener. */
  readonly stack: string;
}

/** Watches the thread pool, handles and listeners of the process. */
export interface ResourceWatch {
  start(): void;
  stop(): void;
  /** To be called once a window: probes the pool and counts handles. */
  observe(window: ObservedWindow): void;
  state(): ResourceState;
}

/** What the probe has to know of the window that ended. */
export interface ObservedWindow {
  /** The loop's own delay, which is not the pool's. */
  readonly loopLateMs: number;
  /** Processor time of all threads, as a share of one core. */
  readonly cpuRatio: number;
}

const DEFAULT_POOL_SIZE = 4;
/** Where no thread works nobody waits for one, or all wait for a disk: then every fifth window is enough. */
const IDLE_CPU_RATIO = 0.02;
const IDLE_PROBE_EVERY = 5;
const MOST_LEAKS = 20;
/** Counting handles walks all of them; every tenth window is enough. */
const HANDLES_EVERY = 10;
// Taken before anything stands in front of it: the probe is not the program's.
const { stat } = fs;

/** Creates a watch that is off. @param poolSize Default: `UV_THREADPOOL_SIZE` of the process, or 4. */
export function createResourceWatch(
  clock: Clock,
  poolSize: number = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_POOL_SIZE,
): ResourceWatch {
  let listenerLeaks: ListenerLeak[] = [];
  let handles: Record<string, number> = {};
  let poolWaitMs = 0;
  let probedAt: number | undefined;
  let windowCount = 0;
  let loadPerProcessor = 0;
  // Slow to read, and their number does not change.
  const processorCount = Math.max(1, cpus().length);

  const onWarning = (warning: Error & { emitter?: object; type?: string | symbol; count?: number }): void => {
    if (warning.name !== 'MaxListenersExceededWarning') return;
    if (listenerLeaks.length >= MOST_LEAKS) listenerLeaks.shift();
    listenerLeaks.push({
      emitter: warning.emitter?.constructor.name ?? 'EventEmitter',
      event: String(warning.type ?? ''),
      listenerCount: warning.count ?? 0,
      at: clock.now(),
      stack: warning.stack ?? '',
    });
  };

  return {
    start() {
      process.off('warning', onWarning);
      process.on('warning', onWarning);
    },
    stop() {
      process.off('warning', onWarning);
    },
    observe({ loopLateMs, cpuRatio }) {
      if (windowCount++ % HANDLES_EVERY === 0) {
        handles = countHandles();
        loadPerProcessor = (loadavg()[0] ?? 0) / processorCount;
      }
      const now = clock.monotonic();
      if (probedAt !== undefined) {
        // The probe before has not come back: it has waited at least this long.
        poolWaitMs = Math.max(0, now - probedAt);
        return;
      }
      if (cpuRatio < IDLE_CPU_RATIO && windowCount % IDLE_PROBE_EVERY !== 0) {
        poolWaitMs = 0;
        return;
      }
      probedAt = now;
      stat(process.execPath, () => {
        poolWaitMs = Math.max(0, clock.monotonic() - now - loopLateMs);
        probedAt = undefined;
      });
    },
    state: () => ({ poolWaitMs, poolSize, loadPerProcessor, handles, listenerLeaks: [...listenerLeaks] }),
  };
}

function countHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
