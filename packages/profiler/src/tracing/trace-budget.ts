/** Says which requests are traced. */
export interface TraceBudget {
  /** Whether one that begins now is. */
  admits(): boolean;
  /** To be called now and then: who is refused next looks at the clock. */
  beat(): void;
}

/** A program that is started, or woken, is looked at whole for so many seconds' worth. */
const SAVED_SECONDS = 10;
/** Where most are refused, not each needs to look at the clock. */
const REFUSALS_A_LOOK = 64;

/**
 * So many a second, and as many as were saved in ten quiet seconds: what tracing costs does not grow with the number of
 * requests. A token bucket (Turner, New directions in communications, 1986); that one in many is enough where there are
 * many: Sigelman et al., Dapper, 2010, section 4. Once it is used up, a second's worth is saved before any is admitted
 * again: many in a row find the code of tracing in the processor's caches, one among many others pays for it each time
 * (Hirzel and Chilimbi, Bursty tracing, 2001).
 *
 * @param perSecond `Infinity` traces all.
 * @param now Reading of the monotonic clock, in milliseconds.
 */
export function createTraceBudget(perSecond: number, now: () => number): TraceBudget {
  const most = perSecond * SAVED_SECONDS;
  const leastRun = Math.max(1, perSecond);
  let left = most;
  let isSaving = false;
  let readAt = now();
  let untilLook = 0;

  const look = (): void => {
    const at = now();
    if (at > readAt) left = Math.min(most, left + ((at - readAt) * perSecond) / 1_000);
    readAt = at;
  };

  return {
    admits() {
      if (isSaving || left < 1) {
        if (untilLook > 0) {
          untilLook -= 1;
          return false;
        }
        look();
        isSaving = left < leastRun;
        if (isSaving) {
          untilLook = REFUSALS_A_LOOK - 1;
          return false;
        }
      }
      left -= 1;
      return true;
    },
    beat() {
      untilLook = 0;
    },
  };
}
