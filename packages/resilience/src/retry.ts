import { type Clock, systemClock } from '@dataguardian/telemetry';
import { assertOptions } from './errors.ts';

/** How often, how long and for which errors to try again. */
export interface RetryOptions {
  readonly clock?: Clock;
  /** Tries in all, the first included. @defaultValue 3 */
  readonly attempts?: number;
  /** The upper end of the first pause, in milliseconds; doubles each time. @defaultValue 100 */
  readonly baseMs?: number;
  /** No pause is longer, in milliseconds. @defaultValue 10_000 */
  readonly maxMs?: number;
  /** A source of numbers in [0, 1) that spreads the pauses; without it each pause is its upper end. */
  readonly random?: () => number;
  /** Ends the waiting and further tries; the work itself gets it through its own closure. */
  readonly signal?: AbortSignal;
  /** Whether this error may pass by itself. @defaultValue every error */
  readonly isRetryable?: (error: unknown) => boolean;
}

/**
 * Runs `work` until it succeeds, its error is final, or the tries are used up; rejects with the last error.
 * Pauses use full jitter (Brooker, Exponential Backoff And Jitter, 2015): uniform between 0 and the upper end.
 *
 * @param work Gets the number of the try, from 1.
 */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const { clock = systemClock, attempts = 3, signal, isRetryable = () => true } = options;
  assertOptions([attempts < 1 && 'attempts must be at least 1']);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
      await clock.sleep(toBackoffMs(attempt, options), signal);
    }
  }
}

/** The pause after try number `attempt`, in milliseconds. */
export function toBackoffMs(attempt: number, options: Pick<RetryOptions, 'baseMs' | 'maxMs' | 'random'> = {}): number {
  const { baseMs = 100, maxMs = 10_000, random } = options;
  const upperMs = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return random === undefined ? upperMs : upperMs * random();
}
