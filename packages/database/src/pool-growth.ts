import type { Clock } from '@dataguardian/telemetry';

/** What growth looks at. */
export interface PoolGrowthWorld {
  readonly clock: Clock;
  waitingCount(): number;
  oldestWaitMs(): number;
  /** 0 before a connection came back. */
  meanHoldMs(): number;
  /** When the last connection was opened, or one is being opened: waits before that time say nothing. */
  openedAt(): number;
  /** Connections lent since the start. */
  lentCount(): number;
  /** How many more may be opened. */
  room(): number;
  open(connectionCount: number): void;
}

/** Opening a connection takes longer than most statements: more are opened after several times the mean time held. */
const AFTER_HOLDS = 32;
const AFTER_LEAST_MS = 100;
const AFTER_MOST_MS = 200;
/** When the last ones let no more callers through, the server is the limit: only those who wait for long get another. */
const AFTER_NO_GAIN_MS = 1_000;
const GAIN = 1.1;
/** A timer that is so much too late says that this process, and not the pool, was waiting. */
const LATE = 1.25;

/**
 * Opens further connections while callers go on waiting, and less readily when that did not help: on a busy server more
 * connections make everything slower.
 * @returns To be called whenever somebody waits; watches by itself until nobody does.
 */
export function createPoolGrowth(world: PoolGrowthWorld): () => void {
  const { clock } = world;
  let watching = false;
  let rateBefore: number | undefined;
  let mark = { at: clock.monotonic(), lentCount: 0 };

  const rateSinceMark = (): number => {
    const elapsedMs = clock.monotonic() - mark.at;
    return elapsedMs <= 0 ? 0 : (world.lentCount() - mark.lentCount) / elapsedMs;
  };

  const watch = (): void => {
    if (watching) return;
    watching = true;
    const meanHoldMs = world.meanHoldMs();
    const usualMs =
      meanHoldMs === 0 ? AFTER_MOST_MS : Math.min(AFTER_MOST_MS, Math.max(AFTER_LEAST_MS, meanHoldMs * AFTER_HOLDS));
    const plannedAt = clock.monotonic();
    clock.schedule(usualMs, () => {
      watching = false;
      const isLate = clock.monotonic() - plannedAt > usualMs * LATE;
      if (world.waitingCount() === 0) {
        rateBefore = undefined;
        return;
      }
      const rate = rateSinceMark();
      const helped = rateBefore === undefined || rate > rateBefore * GAIN;
      const waitMs = Math.min(world.oldestWaitMs(), clock.monotonic() - world.openedAt());
      if (!isLate && waitMs >= (helped ? usualMs : AFTER_NO_GAIN_MS)) {
        const count = Math.min(world.room(), Math.ceil(world.waitingCount() / 4));
        if (count > 0) world.open(count);
        rateBefore = rate;
      }
      mark = { at: clock.monotonic(), lentCount: world.lentCount() };
      if (world.room() > 0) watch();
    });
  };
  return watch;
}
