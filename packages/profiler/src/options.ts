import { systemClock, type Clock } from '@dataguardian/telemetry';
import { ProfilerError } from './errors.ts';

/** Settings of {@link createProfiler}. */
export interface ProfilerOptions {
  readonly clock?: Clock;
  /** Length of a window. @defaultValue 1_000 */
  readonly windowMs?: number;
  /** Windows kept in memory. @defaultValue 900 */
  readonly windowCount?: number;
  /** Names kept per ranking (routes, statements, functions). @defaultValue 500 */
  readonly rankingCapacity?: number;
}

/** Options with their defaults, checked. */
export type ResolvedProfilerOptions = Readonly<Required<ProfilerOptions>>;

/** @throws ProfilerError PROFILER_OPTIONS_INVALID listing every problem. */
export function resolveProfilerOptions(options: ProfilerOptions = {}): ResolvedProfilerOptions {
  const resolved = { clock: systemClock, windowMs: 1_000, windowCount: 900, rankingCapacity: 500, ...options };
  const problems = (['windowMs', 'windowCount', 'rankingCapacity'] as const)
    .filter((name) => !Number.isInteger(resolved[name]) || resolved[name] < 1)
    .map((name) => `${name} must be a whole number above 0, not ${resolved[name]}`);
  if (problems.length > 0) throw new ProfilerError('PROFILER_OPTIONS_INVALID', problems.join('; '));
  return Object.freeze(resolved);
}
