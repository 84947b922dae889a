/** How long an answer takes once its turn has come. */
export interface AnswerTime {
  /** What all but a few answers stay below, in milliseconds; 0 before anything was learned. */
  readonly mostMs: number;
  /** Takes how long a request was held from its start to its last byte. */
  learn(heldMs: number): void;
}

const SMOOTHING = 0.05;
/** So many mean deviations above the mean cover all but a few. */
const DEVIATIONS = 2;

/**
 * Mean and mean deviation, both smoothed: for times whose spread nobody knows beforehand, without keeping any of them.
 * After Jacobson, "Congestion Avoidance and Control" (1988), appendix A.
 */
export function createAnswerTime(): AnswerTime {
  let meanMs = 0;
  let deviationMs = 0;
  let isFirst = true;
  return {
    get mostMs() {
      return meanMs + DEVIATIONS * deviationMs;
    },
    learn(heldMs) {
      if (isFirst) {
        isFirst = false;
        meanMs = heldMs;
        return;
      }
      const off = heldMs - meanMs;
      meanMs += SMOOTHING * off;
      deviationMs += SMOOTHING * (Math.abs(off) - deviationMs);
    },
  };
}
