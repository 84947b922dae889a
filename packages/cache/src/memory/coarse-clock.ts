import type { Clock, Timer } from '@dataguardian/telemetry';

const RESOLUTION_MS = 1;
/** A loop that never yields still sees time pass after that many readings. */
const READINGS_PER_LOOK = 512;

/** Monotonic time that is read from the clock at most once a millisecond, because a hit costs less than the reading. */
export class CoarseClock {
  private readonly clock: Clock;
  private cached = -1;
  private readings = 0;
  private timer: Timer | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whole milliseconds, at most about one behind. */
  now(): number {
    if (this.cached !== -1 && ++this.readings < READINGS_PER_LOOK) return this.cached;
    return this.look();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.cached = -1;
  }

  private look(): number {
    this.readings = 0;
    this.cached = Math.floor(this.clock.monotonic());
    this.timer ??= this.clock.schedule(RESOLUTION_MS, () => {
      this.timer = undefined;
      this.cached = -1;
    });
    return this.cached;
  }
}
