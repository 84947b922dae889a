import { type Clock, systemClock, type Timer } from '@dataguardian/telemetry';
import { ResilienceError } from './errors.ts';

/** How long a caller waits, and how long the work may take. */
export interface DeadlineOptions<Result> {
  readonly clock?: Clock;
  /** After that long the caller may be answered by `onSoft`, while the work goes on. */
  readonly softMs?: number;
  /** What to answer at `softMs`; `undefined` means: wait for the work after all. */
  readonly onSoft?: () => Result | undefined;
  /** After that long the work's signal is aborted and the caller gets an error, in milliseconds. */
  readonly hardMs: number;
  /** The caller's own signal: aborts the work and rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` under a deadline of ours: the caller is answered in time even when the work ignores its signal.
 *
 * @throws ResilienceError RESILIENCE_DEADLINE_EXCEEDED when `hardMs` has passed.
 */
export function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  options: DeadlineOptions<Result>,
): Promise<Result> {
  const { clock = systemClock, softMs, onSoft, hardMs, signal } = options;
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timers: Timer[] = [];
    const finish = (): void => {
      for (const timer of timers) timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const stop = (reason: Error): void => {
      finish();
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = (): void => stop(toError(signal?.reason));
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    timers.push(
      clock.schedule(hardMs, () => stop(new ResilienceError('RESILIENCE_DEADLINE_EXCEEDED', `${hardMs} ms`))),
    );
    if (softMs !== undefined && softMs < hardMs && onSoft !== undefined) {
      timers.push(
        clock.schedule(softMs, () => {
          const answer = onSoft();
          if (answer !== undefined) resolve(answer);
        }),
      );
    }
    start(work, controller.signal).then(
      (result) => {
        finish();
        resolve(result);
      },
      (error: unknown) => {
        finish();
        reject(toError(error));
      },
    );
  });
}

async function start<Result>(work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> {
  return work(signal);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
