/** Says which requests are traced. */
export interface TraceBudget {
  /** Whether one that begins now is. @param now Reading of the monotonic clock, in milliseconds. */
  admits(now: number): boolean;
}

/** A program that is started, or woken, is looked at whole for so many seconds' worth. */
const SAVED_SECONDS = 10;

/**
 * So many a second, and as many as were saved in ten quiet seconds: what tracing costs does not grow with the number of
 * requests. A token bucket (Turner, New directions in communications, 1986); that one in many is enough where there are
 * many: Sigelman et al., Dapper, 2010, section 4.
 *
 * @param perSecond `Infinity` traces all.
 */
export function createTraceBudget(perSecond: number): TraceBudget {
  const most = perSecond * SAVED_SECONDS;
  let left = most;
  let readAt: number | undefined;
  return {
    admits(now) {
      if (readAt !== undefined && now > readAt) left = Math.min(most, left + ((now - readAt) * perSecond) / 1_000);
      readAt = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
