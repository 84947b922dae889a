import type { Clock } from '@dataguardian/telemetry';

/** Says when a full collection is asked for. */
export interface AskSchedule {
  /** Begins anew. */
  start(): void;
  /**
   * Whether one may be asked for now.
   * @param loopBusyRatio Share of the time in which the loop was busy.
   * @param isSuspected Whether the heap seems to grow.
   */
  isDue(loopBusyRatio: number, isSuspected: boolean): boolean;
  /** One is asked for. */
  ask(): void;
  /** It has stopped the loop for so long. */
  note(stopMs: number): void;
  /** It has shown whether the heap has grown since the one before. */
  show(isGrown: boolean): void;
  /** Since the schedule was created. */
  readonly count: number;
  readonly longestMs: number;
}

/** A quiet program may not collect for an hour. To tell a leak from garbage it is then collected for, seldom. */
const AFTER_MS = 40_000;
/**
 * After each full collection V8 compiles anew what knew of types of which nothing lived just then: a busy server pays for that
 * many times what the collection takes (decision 28). The first waits longest, for most programs do not leak.
 */
const AFTER_BUSY_MS = { first: 100_000, growing: 60_000 };
const BUSY_RATIO = 0.25;
const AFTER_MOST_MS = 30 * 60_000;
/** They may take a thousandth of the clock, on average. */
const COST_RATIO = 0.001;

/** Creates a schedule: while nothing grows each waits twice as long as the one before. */
export function createAskSchedule(clock: Clock): AskSchedule {
  let askedAt = clock.monotonic();
  let afterMs = AFTER_MS;
  let isFirst = true;
  let count = 0;
  let longestMs = 0;
  let totalMs = 0;

  // By the mean: one that had to wait for a processor must not keep the watch from looking for minutes.
  const affordableMs = (): number => totalMs / Math.max(1, count) / COST_RATIO;

  return {
    get count() {
      return count;
    },
    get longestMs() {
      return longestMs;
    },
    start() {
      askedAt = clock.monotonic();
      afterMs = AFTER_MS;
      isFirst = true;
    },
    isDue(loopBusyRatio, isSuspected) {
      const isBusy = loopBusyRatio >= BUSY_RATIO;
      const leastMs = isBusy ? (isFirst ? AFTER_BUSY_MS.first : AFTER_BUSY_MS.growing) : AFTER_MS;
      // Asked for seldom while it did not grow: now it may.
      const wantedMs = isSuspected ? leastMs : Math.max(afterMs, leastMs);
      return clock.monotonic() - askedAt >= Math.max(wantedMs, affordableMs());
    },
    ask() {
      askedAt = clock.monotonic();
      isFirst = false;
      count += 1;
    },
    note(stopMs) {
      longestMs = Math.max(longestMs, stopMs);
      totalMs += stopMs;
    },
    show(isGrown) {
      afterMs = isGrown ? AFTER_MS : Math.min(AFTER_MOST_MS, afterMs * 2);
    },
  };
}
