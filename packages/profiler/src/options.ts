import { systemClock, type Clock } from '@dataguardian/telemetry';
import { ProfilerError } from './errors.ts';
import type { BaselineState } from './evidence/baseline.ts';
import type { HeapSampling } from './memory/memory-watch.ts';

/** Settings of {@link createProfiler}. */
export interface ProfilerOptions {
  readonly clock?: Clock;
  /** Length of a window. @defaultValue 1_000 */
  readonly windowMs?: number;
  /** Windows kept in memory. @defaultValue 900 */
  readonly windowCount?: number;
  /** Names kept per ranking (routes, statements, functions). @defaultValue 500 */
  readonly rankingCapacity?: number;
  /** Distance between two samples of the main thread's stack, 1 to 1000; 0 switches sampling off. @defaultValue 25 */
  readonly samplingIntervalMs?: number;
  /** When allocations are sampled. @defaultValue 'on-suspicion' */
  readonly heapSampling?: HeapSampling;
  /** Whether Node's crypto, zlib, fs and dns functions are timed; they are stood in front of for it. @defaultValue true */
  readonly watchNodeModules?: boolean;
  /** Whether forked processes that have a profiler of their own hand their samples over. @defaultValue false */
  readonly followProcesses?: boolean;
  /** Memory for folded samples; the oldest make room. @defaultValue 16 MiB */
  readonly memoryBudgetBytes?: number;
  /** Sampling is halved while the profiler takes more of one core than this. @defaultValue 0.01 */
  readonly overheadLimitRatio?: number;
  /** Requests traced a second, and ten times as many after a pause; of others only the number is kept. @defaultValue 100 */
  readonly mostTracesPerSecond?: number;
  /** Key of the hashes that stand for users and organisations. @defaultValue random, so that they end with the process */
  readonly labelKey?: string | undefined;
  /** Name of the running release; a label of every sample. @defaultValue none */
  readonly release?: string | undefined;
  /** What a former process learned to be usual: {@link Profiler.baseline}. @defaultValue empty */
  readonly baseline?: BaselineState;
}

/** Options with their defaults, checked. */
export type ResolvedProfilerOptions = Readonly<Required<ProfilerOptions>>;

const DEFAULTS = {
  clock: systemClock,
  windowMs: 1_000,
  windowCount: 900,
  rankingCapacity: 500,
  samplingIntervalMs: 25,
  heapSampling: 'on-suspicion',
  watchNodeModules: true,
  followProcesses: false,
  memoryBudgetBytes: 16 * 1024 * 1024,
  overheadLimitRatio: 0.01,
  mostTracesPerSecond: 100,
  labelKey: undefined,
  release: undefined,
  baseline: {},
} as const;

const LONGEST_INTERVAL_MS = 1_000;

/** @throws ProfilerError PROFILER_OPTIONS_INVALID listing every problem. */
export function resolveProfilerOptions(options: ProfilerOptions = {}): ResolvedProfilerOptions {
  const resolved = { ...DEFAULTS, ...options };
  const problems = (['windowMs', 'windowCount', 'rankingCapacity', 'memoryBudgetBytes'] as const)
    .filter((name) => !Number.isInteger(resolved[name]) || resolved[name] < 1)
    .map((name) => `${name} must be a whole number above 0, not ${resolved[name]}`);
  if (!isInterval(resolved.samplingIntervalMs))
    problems.push(`samplingIntervalMs must be 0, or from 1 to 1000, not ${resolved.samplingIntervalMs}`);
  if (!(resolved.overheadLimitRatio > 0))
    problems.push(`overheadLimitRatio must be above 0, not ${resolved.overheadLimitRatio}`);
  if (!(resolved.mostTracesPerSecond >= 1))
    problems.push(`mostTracesPerSecond must be at least 1, not ${resolved.mostTracesPerSecond}`);
  if (problems.length > 0) throw new ProfilerError('PROFILER_OPTIONS_INVALID', problems.join('; '));
  return Object.freeze(resolved);
}

/** Whether that is a distance between samples that sampling can work with, or 0 for off. */
export function isInterval(intervalMs: number): boolean {
  return intervalMs === 0 || (intervalMs >= 1 && intervalMs <= LONGEST_INTERVAL_MS);
}
