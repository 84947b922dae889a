import { Session, type Profiler as InspectorProfiler } from 'node:inspector/promises';
import type { Clock } from '@dataguardian/telemetry';

/** V8's own format, which Chrome DevTools and Speedscope open (`.cpuprofile`). */
export type CpuProfile = InspectorProfiler.Profile;

/**
 * Samples the main thread's stacks for `durationMs`, every `intervalUs`.
 * Recordings do not overlap: a second call waits for the first.
 */
export function createCpuRecorder(clock: Clock): (durationMs: number, intervalUs?: number) => Promise<CpuProfile> {
  let last: Promise<unknown> = Promise.resolve();
  const record = async (durationMs: number, intervalUs: number): Promise<CpuProfile> => {
    const session = new Session();
    session.connect();
    try {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
      await session.post('Profiler.start');
      await clock.sleep(durationMs);
      return (await session.post('Profiler.stop')).profile;
    } finally {
      session.disconnect();
    }
  };
  return (durationMs, intervalUs = 1_000) => {
    const next = last.then(() => record(durationMs, intervalUs));
    last = next.catch(() => undefined);
    return next;
  };
}
