import type { ComponentHealth } from '@dataguardian/telemetry';

/** What health is judged by. */
export interface ProfilerCondition {
  readonly isOn: boolean;
  /** The latest failure, of sampling or of anything else. */
  readonly failure: string | undefined;
  readonly intervalMs: number;
  readonly wantedIntervalMs: number;
}

/** Says how the profiler does; it degrades and never fails, as requests do without it. */
export function describeHealth({ isOn, failure, intervalMs, wantedIntervalMs }: ProfilerCondition): ComponentHealth {
  if (!isOn) return { status: 'degraded', detail: 'The profiler is off; requests are served without being observed.' };
  if (failure !== undefined) return { status: 'degraded', detail: `The profiler observes with gaps: ${failure}` };
  // A busy machine makes a sample dear. Fewer samples are no fault: everything else is observed as before.
  const isThrifty = intervalMs > wantedIntervalMs;
  return {
    status: 'up',
    detail: isThrifty
      ? `The profiler observes; it samples every ${intervalMs} ms to stay within its share of the processor.`
      : 'The profiler observes.',
  };
}
