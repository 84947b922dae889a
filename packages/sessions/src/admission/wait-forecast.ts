/** How long a newcomer waits, learned from the waits that were forecast. */
export interface WaitForecast {
  /** The mean wait behind `ahead` requests, in milliseconds. */
  meanMs(ahead: number): number;
  /** What all but a few of the waits behind `ahead` requests stay below. */
  mostMs(ahead: number): number;
  /** Takes the time between two starts while somebody waited. */
  learn(intervalMs: number): void;
  /** Holds a forecast of {@link WaitForecast.meanMs} against the wait that came. */
  compare(forecastMs: number, waitedMs: number): void;
}

const SMOOTHING = 0.05;
/** The share of waits that {@link WaitForecast.mostMs} is to cover. */
const COVERED = 0.98;
const STEP = 0.05;
const LARGEST_MARGIN = 4;
/** Shorter forecasts say more about the grain of the clock than about the queue. */
const SHORTEST_MS = 50;

/**
 * A wait is a sum of many requests' costs, and costs come in bursts: the mean is exceeded half of the time, by how much
 * no formula knows beforehand. The margin is therefore measured: it grows when a wait exceeds its forecast and shrinks
 * a little when it does not, so that in the long run the stated share is covered. After Gibbs and Candès, "Adaptive
 * Conformal Inference under Distribution Shift" (2021).
 */
export function createWaitForecast(): WaitForecast {
  let intervalMs = 0;
  let margin = 1;
  return {
    meanMs: (ahead) => ahead * intervalMs,
    mostMs: (ahead) => ahead * intervalMs * margin,
    learn(sampleMs) {
      intervalMs = intervalMs === 0 ? sampleMs : intervalMs + SMOOTHING * (sampleMs - intervalMs);
    },
    compare(forecastMs, waitedMs) {
      if (forecastMs < SHORTEST_MS) return;
      const isCovered = waitedMs <= forecastMs * margin;
      margin *= Math.exp(STEP * (isCovered ? COVERED - 1 : COVERED));
      margin = Math.min(LARGEST_MARGIN, Math.max(1, margin));
    },
  };
}
