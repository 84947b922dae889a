import type { Clock } from '@dataguardian/telemetry';

/**
 * A clock that cannot hurt the program: a reading that fails is the reading before, and what a timer runs reports its
 * errors instead of throwing them. The profiler's code runs within other people's calls.
 */
export function createGuardedClock(clock: Clock, onFailure: (error: unknown) => void): Clock {
  let now = 0;
  let monotonic = 0;
  const guarded = (callback: () => void) => () => {
    try {
      callback();
    } catch (error) {
      onFailure(error);
    }
  };
  return {
    now() {
      try {
        now = clock.now();
      } catch (error) {
        onFailure(error);
      }
      return now;
    },
    monotonic() {
      try {
        monotonic = clock.monotonic();
      } catch (error) {
        onFailure(error);
      }
      return monotonic;
    },
    schedule: (delayMs, callback) => clock.schedule(delayMs, guarded(callback)),
    repeat: (periodMs, callback) => clock.repeat(periodMs, guarded(callback)),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
  };
}
