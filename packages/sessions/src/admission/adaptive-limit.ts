/** Bounds of an {@link AdaptiveLimit}. */
export interface AdaptiveLimitBounds {
  readonly minimum: number;
  readonly maximum: number;
  /** The delay of the event loop that is still fine, in milliseconds. */
  readonly targetDelayMs: number;
}

/** How many requests may run at once, learned from how late the event loop is. */
export interface AdaptiveLimit {
  /** Takes one measured delay and answers the limit from now on. */
  sample(delayMs: number): number;
  readonly limit: number;
  /** The delay, smoothed. */
  readonly delayMs: number;
}

/** Weight of the newest sample: a single pause, say of garbage collection, moves little. */
const SMOOTHING = 0.3;
const STEEPEST = 0.5;

/**
 * Shrinks in proportion to the excess of delay, at most by half, and grows by its square root while there is none.
 * After Netflix, "Performance Under Load" (2018), with the loop's delay in place of the latency of requests, which
 * for a database query says nothing about this process.
 */
export function createAdaptiveLimit({ minimum, maximum, targetDelayMs }: AdaptiveLimitBounds): AdaptiveLimit {
  let limit = maximum;
  let delayMs = 0;
  return {
    sample(sampleMs) {
      delayMs += SMOOTHING * (sampleMs - delayMs);
      const gradient = delayMs <= targetDelayMs ? 1 : Math.max(STEEPEST, targetDelayMs / delayMs);
      const room = gradient === 1 ? Math.sqrt(limit) : 0;
      limit = Math.min(maximum, Math.max(minimum, limit * gradient + room));
      return Math.floor(limit);
    },
    get limit() {
      return Math.floor(limit);
    },
    get delayMs() {
      return delayMs;
    },
  };
}
