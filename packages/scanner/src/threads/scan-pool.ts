import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { systemClock } from '@dataguardian/telemetry';
import type { ScanChunk } from '../chunk.ts';
import { assertOptions, ScannerError, scannerErrors, toAbortError, toReason } from '../errors.ts';
import type { ScanOptions } from '../options.ts';
import type { ScanEvent } from '../scan-event.ts';
import type { SourceSpec } from '../source-spec.ts';
import { createItemQueue } from './item-queue.ts';
import type {
  FromThread,
  PortableScanOptions,
  ThreadItem,
  ThreadJob,
  ThreadOptions,
  ToThread,
} from './thread-message.ts';

/** How many threads, and how large each may grow. */
export interface ScanPoolOptions {
  /** @defaultValue the processor's cores, at most 8 */
  readonly threads?: number;
  /** Heap of each thread in MiB; a document that needs more fails its chunk and not the process. @defaultValue 512 */
  readonly maxHeapMegabytes?: number;
  /** Whether the threads take the processor only when nobody else wants it (Linux). @defaultValue false */
  readonly background?: boolean;
  /** Addresses of modules that each thread loads first, such as a profiler's. @defaultValue none */
  readonly imports?: readonly string[];
}

/** Threads that scan chunks off the caller's event loop. */
export interface ScanPool {
  readonly threads: number;
  /**
   * Scans one chunk like `scanChunk`, in a thread; waits while all are busy. Abort stops it within milliseconds; a
   * thread that does not obey within two seconds is ended and replaced.
   * @throws ScannerError as `scanChunk`, and SCANNER_THREAD_FAILED when the thread died.
   */
  scanChunk(source: SourceSpec, chunk: ScanChunk, options?: ScanOptions): AsyncGenerator<ScanEvent>;
  /** Lists a source like `planScan`, in a thread, on the same terms as {@link ScanPool.scanChunk}. */
  planScan(source: SourceSpec, options?: ScanOptions): AsyncGenerator<ScanChunk>;
  /** Ends the threads. Chunks under way fail. */
  close(): Promise<void>;
}

const MOST_THREADS = 8;
/** Texts die young; room for more of them costs memory and gains nothing measurable. */
const YOUNG_MEGABYTES = 24;
const OBEY_WITHIN_MS = 2_000;

/** Makes a pool; threads start when first needed. */
export function createScanPool(options: ScanPoolOptions = {}): ScanPool {
  const threads = options.threads ?? Math.min(availableParallelism(), MOST_THREADS);
  assertOptions([!(Number.isSafeInteger(threads) && threads > 0) && 'threads must be a whole number above 0']);
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  const ownKey = randomBytes(32);
  let busy = 0;
  let closed = false;

  const start = (): Worker => {
    const worker = new Worker(new URL('./scan-thread.ts', import.meta.url), {
      workerData: { isBackground: options.background ?? false } satisfies ThreadOptions,
      resourceLimits: {
        maxOldGenerationSizeMb: options.maxHeapMegabytes ?? 512,
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      },
      // A parent that runs under a test runner or a loader must not impose its own flags.
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        ...(options.imports ?? []).flatMap((address) => ['--import', address]),
      ],
    });
    all.add(worker);
    worker.once('exit', () => {
      all.delete(worker);
      const at = idle.indexOf(worker);
      if (at !== -1) idle.splice(at, 1);
    });
    worker.unref();
    return worker;
  };
  const acquire = async (): Promise<Worker> => {
    while (busy >= threads) await new Promise<void>((resolve) => waiting.push(resolve));
    if (closed) throw new ScannerError('SCANNER_ABORTED', 'the pool is closed');
    busy++;
    return idle.pop() ?? start();
  };
  const release = (worker: Worker): void => {
    busy--;
    if (all.has(worker) && !closed) idle.push(worker);
    waiting.shift()?.();
  };

  /** Runs one job in the next free thread. @param what Names the job in errors. */
  async function* run<Item extends ThreadItem>(
    what: string,
    scanOptions: ScanOptions,
    toJob: (portable: PortableScanOptions) => ThreadJob,
  ): AsyncGenerator<Item> {
    const { signal, clock = systemClock, ...rest } = scanOptions;
    if (signal?.aborted === true) throw toAbortError(signal);
    const job = toJob({ fingerprintKey: ownKey, ...rest });
    const worker = await acquire();
    const queue = createItemQueue<Item>();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    const tell = (message: ToThread): void => worker.postMessage(message);
    let running = true;
    let onSettled = (): void => {};
    const settled = new Promise<void>((resolve) => {
      onSettled = resolve;
    });
    const settle = (): void => {
      running = false;
      onSettled();
    };
    const onMessage = (message: FromThread): void => {
      // A thread yields what its job is about.
      if (message.kind === 'items') queue.push(message.items as readonly Item[], () => tell({ kind: 'taken' }));
      else {
        settle();
        if (message.kind === 'end') queue.end();
        else queue.fail(toError(message));
      }
    };
    const onDeath = (cause: unknown): void => {
      settle();
      queue.fail(new ScannerError('SCANNER_THREAD_FAILED', `${what}: ${toReason(cause)}`, { cause }));
    };
    const onExit = (): void => onDeath(new Error('the thread ended'));
    const onAbort = (): void => {
      tell({ kind: 'abort' });
      if (signal) queue.fail(toAbortError(signal));
    };
    worker.on('message', onMessage);
    worker.once('error', onDeath);
    worker.once('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.ref();
    tell(job);
    try {
      yield* queue.drain();
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (running) {
        tell({ kind: 'abort' });
        const timer = clock.schedule(OBEY_WITHIN_MS, () => void worker.terminate());
        await settled;
        timer.cancel();
      }
      worker.off('message', onMessage);
      worker.off('error', onDeath);
      worker.off('exit', onExit);
      // `close` waits for the end of the thread, which must then keep the process alive.
      if (!closed) worker.unref();
      release(worker);
    }
  }

  return {
    threads,
    scanChunk: (source, chunk, scanOptions = {}) =>
      run<ScanEvent>(`chunk ${chunk.ordinal}`, scanOptions, (options) => ({ kind: 'scan', source, chunk, options })),
    planScan: (source, scanOptions = {}) =>
      run<ScanChunk>('the plan', scanOptions, (options) => ({ kind: 'plan', source, options })),
    async close() {
      closed = true;
      for (const wake of waiting.splice(0)) wake();
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function toError({ code, message }: FromThread & { kind: 'error' }): Error {
  if (code === undefined) return new ScannerError('SCANNER_THREAD_FAILED', message);
  const prefix = `${scannerErrors[code].message}: `;
  return new ScannerError(code, message.startsWith(prefix) ? message.slice(prefix.length) : undefined);
}
