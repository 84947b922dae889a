import type { Profiler, Ranked } from '@dataguardian/profiler';
import type { ProfilerView, ScatterPoint } from '../api/profiler.ts';

const MINUTE_MS = 60_000;
const SAMPLED_MS = 5 * MINUTE_MS;
const MOST_LISTED = 50;

/** Functions, bottlenecks, and everything by frequency and time. */
export function toProfilerView(
  profiler: Profiler,
  flame: Omit<ProfilerView['flame'], 'isAvailable'>,
  stalls: ProfilerView['stalls'],
): ProfilerView {
  const { at, startedAt, windows, routes, statements, functions, bottlenecks } = profiler.snapshot();
  const minutes = Math.max(1, at - startedAt) / MINUTE_MS;
  const toPoints = (kind: ScatterPoint['kind'], ranked: readonly Ranked[]): ScatterPoint[] =>
    ranked.map(({ name, count, meanMs, totalMs, errorCount }) => ({
      kind,
      name,
      callsPerMinute: count / minutes,
      meanMs,
      totalMs,
      errorCount,
    }));
  const runtime = windows.at(-1)?.runtime;
  return {
    at,
    since: startedAt,
    functions,
    bottlenecks,
    hot: profiler.hotFunctions({ from: at - SAMPLED_MS, count: MOST_LISTED }),
    stalls,
    overhead: profiler.overhead(),
    scatter: [...toPoints('route', routes), ...toPoints('statement', statements), ...toPoints('function', functions)],
    heap:
      runtime === undefined
        ? null
        : {
            usedBytes: runtime.heapUsedBytes,
            limitBytes: runtime.heapLimitBytes,
            externalBytes: runtime.externalBytes,
            rssBytes: runtime.rssBytes,
          },
    flame: { isAvailable: true, ...flame },
  };
}
