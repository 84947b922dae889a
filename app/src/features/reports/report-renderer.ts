import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '@dataguardian/telemetry';
import type { ReportModel } from './report-model.ts';

/** A format whose layout is computed as a whole. */
export type LaidOutFormat = 'pdf' | 'html';

/** What the thread is asked for. */
export interface ReportJob {
  readonly id: number;
  readonly format: LaidOutFormat;
  readonly model: ReportModel;
}

/** What it answers. */
export type ReportAnswer =
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly problem: string };

/** Lays reports out beside the event loop, which meanwhile serves everybody else. */
export interface ReportRenderer {
  /** @throws Error when the report could not be laid out; the next one begins anew. */
  render(format: LaidOutFormat, model: ReportModel): Promise<Uint8Array>;
  /** Ends the thread. Reports under way fail. */
  close(): Promise<void>;
}

/** What a renderer may be told. */
export interface ReportRendererOptions {
  readonly clock: Pick<Clock, 'schedule'>;
  /** Addresses of modules that the thread loads first, such as a profiler's. @defaultValue none */
  readonly imports?: readonly string[];
  /** How long the thread is kept without work. @defaultValue 60_000 */
  readonly idleMs?: number;
  /** Heap of the thread in MiB; a report that needs more fails alone. @defaultValue 512 */
  readonly maxHeapMegabytes?: number;
}

interface Pending {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Makes a renderer; its one thread starts with the first report and ends when there was none for a while. */
export function createReportRenderer(options: ReportRendererOptions): ReportRenderer {
  const { clock, imports = [], idleMs = 60_000, maxHeapMegabytes = 512 } = options;
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let idle: Timer | undefined;
  let count = 0;
  let isClosed = false;

  const end = async (): Promise<void> => {
    idle?.cancel();
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const failAll = (reason: string): void => {
    const failed = [...pending.values()];
    pending.clear();
    for (const { reject } of failed) reject(new Error(`The report could not be laid out: ${reason}`));
  };
  const settle = (answer: ReportAnswer): void => {
    const waiting = pending.get(answer.id);
    pending.delete(answer.id);
    if ('bytes' in answer) waiting?.resolve(answer.bytes);
    else waiting?.reject(new Error(`The report could not be laid out: ${answer.problem}`));
    if (pending.size > 0) return;
    worker?.unref();
    idle = clock.schedule(idleMs, () => void end());
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./report-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
      // A parent that runs under a test runner or a loader must not impose its own flags.
      execArgv: ['--disable-warning=ExperimentalWarning', ...imports.flatMap((address) => ['--import', address])],
    });
    started.on('message', settle);
    const onDeath = (reason: string): void => {
      if (worker !== started) return;
      worker = undefined;
      failAll(reason);
    };
    started.once('error', ({ message }) => onDeath(message));
    started.once('exit', () => onDeath('the thread ended'));
    return started;
  };

  return {
    render(format, model) {
      if (isClosed) return Promise.reject(new Error('The report could not be laid out: the server stops'));
      idle?.cancel();
      worker ??= start();
      worker.ref();
      const id = (count += 1);
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
        worker?.postMessage({ id, format, model } satisfies ReportJob);
      });
    },
    async close() {
      isClosed = true;
      await end();
      failAll('the server stops');
    },
  };
}
