import type { Clock } from '@dataguardian/telemetry';

/** Translates readings of the clock to V8's time: microseconds of the machine's monotonic clock. */
export interface TimeScale {
  /** A reading of `clock.monotonic()` as V8 would stamp it. */
  toUs(reading: number): number;
  nowUs(): number;
}

/** Both clocks are the machine's monotonic one with different origins, so the distance is read once. */
export function createTimeScale(clock: Clock): TimeScale {
  const [seconds, nanoseconds] = process.hrtime();
  const offsetUs = seconds * 1e6 + nanoseconds / 1e3 - clock.monotonic() * 1_000;
  return {
    toUs: (reading) => reading * 1_000 + offsetUs,
    nowUs: () => clock.monotonic() * 1_000 + offsetUs,
  };
}
