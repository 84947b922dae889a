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
  /** The part of it that stays: the least of the latest samples, smoothed. A single pause is none of it. */
  readonly standingMs: number;
}

/** Weight of the newest sample. */
const SMOOTHING = 0.3;
/** So many samples must all be late: fewer requests at once shorten a queue, but no pause of garbage collection. */
const STANDING_SAMPLES = 3;
const STEEPEST = 0.5;

/**
 * Shrinks in proportion to the excess of delay, at most by half, and grows by its square root while there is none.
 * After Netflix, "Performance Under Load" (2018), with the loop's delay in place of the latency of requests, which
 * for a database query says nothing about this process; only a delay that stays counts, as in Nichols and Jacobson,
 * "Controlling Queue Delay" (2012).
 */
export function createAdaptiveLimit({ minimum, maximum, targetDelayMs }: AdaptiveLimitBounds): AdaptiveLimit {
  let limit = maximum;
  let delayMs = 0;
  let standingMs = 0;
  let latest: number[] = [];
  return {
    sample(sampleMs) {
      delayMs += SMOOTHING * (sampleMs - delayMs);
      latest = [...latest.slice(1 - STANDING_SAMPLES), sampleMs];
      const least = latest.length < STANDING_SAMPLES ? 0 : Math.min(...latest);
      standingMs += SMOOTHING * (least - standingMs);
      const gradient = standingMs <= targetDelayMs ? 1 : Math.max(STEEPEST, targetDelayMs / standingMs);
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
    get standingMs() {
      return standingMs;
    },
  };
}
