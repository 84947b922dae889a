/** A scheduled callback that can be called off. */
export interface Timer {
  /** Calls the callback off; calling it again, or after the callback ran, does nothing. */
  cancel(): void;
}

/** Where time comes from. Everything that measures, waits or expires takes one, so that tests can turn it. */
export interface Clock {
  /** Wall-clock time in epoch milliseconds; may jump. Use it for stamps that are stored or shown. */
  now(): number;
  /** Milliseconds, with fractions, since an arbitrary start; never goes back. Use it for durations. */
  monotonic(): number;
  /** Runs `callback` once after `delayMs`. Does not keep the process alive. */
  schedule(delayMs: number, callback: () => void): Timer;
  /** Runs `callback` every `periodMs` until cancelled. Does not keep the process alive. */
  repeat(periodMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. Keeps the process alive. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  repeat(periodMs, callback) {
    const handle = setInterval(callback, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
  sleep(delayMs, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(toError(signal.reason));
        return;
      }
      const onAbort = (): void => {
        clearTimeout(handle);
        reject(toError(signal?.reason));
      };
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
