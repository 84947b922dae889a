import type { Clock } from '@dataguardian/telemetry';

/** What the callers of a pool asked of it, measured over a window. */
export interface PoolLoad {
  readonly windowMs: number;
  readonly lendCount: number;
  readonly meanWaitMs: number;
  readonly meanHoldMs: number;
  /** Squared coefficient of variation of the times held: 0 when all are alike, 1 for an exponential spread. */
  readonly holdVariation: number;
  /** Most connections lent at once. */
  readonly peakLentCount: number;
}

/** Collects {@link PoolLoad}. */
export interface PoolLoadMeter {
  waited(waitMs: number, lentCount: number): void;
  held(holdMs: number): void;
  /** Of the last one to two windows. */
  load(): PoolLoad;
}

interface Window {
  readonly startedAt: number;
  lendCount: number;
  waitMs: number;
  holdCount: number;
  holdMs: number;
  squaredHoldMs: number;
  peakLentCount: number;
}

const WINDOW_MS = 30_000;

export function createPoolLoadMeter(clock: Clock): PoolLoadMeter {
  const startWindow = (): Window => ({
    startedAt: clock.monotonic(),
    lendCount: 0,
    waitMs: 0,
    holdCount: 0,
    holdMs: 0,
    squaredHoldMs: 0,
    peakLentCount: 0,
  });
  let current = startWindow();
  let previous: Window | undefined;
  const turn = (): Window => {
    const age = clock.monotonic() - current.startedAt;
    if (age < WINDOW_MS) return current;
    previous = age < 2 * WINDOW_MS ? current : undefined;
    current = startWindow();
    return current;
  };
  return {
    waited(waitMs, lentCount) {
      const window = turn();
      window.lendCount += 1;
      window.waitMs += waitMs;
      window.peakLentCount = Math.max(window.peakLentCount, lentCount);
    },
    held(holdMs) {
      const window = turn();
      window.holdCount += 1;
      window.holdMs += holdMs;
      window.squaredHoldMs += holdMs * holdMs;
    },
    load() {
      turn();
      const windows = previous === undefined ? [current] : [previous, current];
      const sum = (pick: (window: Window) => number): number => windows.reduce((total, one) => total + pick(one), 0);
      const lendCount = sum((one) => one.lendCount);
      const holdCount = sum((one) => one.holdCount);
      const meanHoldMs = holdCount === 0 ? 0 : sum((one) => one.holdMs) / holdCount;
      const variance = holdCount === 0 ? 0 : sum((one) => one.squaredHoldMs) / holdCount - meanHoldMs ** 2;
      return {
        windowMs: clock.monotonic() - (previous ?? current).startedAt,
        lendCount,
        meanWaitMs: lendCount === 0 ? 0 : sum((one) => one.waitMs) / lendCount,
        meanHoldMs,
        holdVariation: meanHoldMs === 0 ? 0 : Math.max(0, variance) / meanHoldMs ** 2,
        peakLentCount: Math.max(...windows.map((one) => one.peakLentCount)),
      };
    },
  };
}
