import type { Bottleneck } from '../bottlenecks.ts';
import type { Overhead } from '../overhead.ts';
import type { Profiler } from '../profiler-face.ts';
import type { Ranked } from '../ranking.ts';
import type { HotFunction } from '../sampling/hot-functions.ts';
import type { Stall } from '../sampling/stalls.ts';
import type { SlowRequest } from '../slow-requests.ts';

/** One profile for people and programs, as JSON. */
export interface ProfileReport {
  readonly version: 1;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly startedAt: number;
  readonly bottlenecks: readonly Bottleneck[];
  readonly stalls: readonly Stall[];
  readonly functions: readonly HotFunction[];
  readonly timers: readonly Ranked[];
  readonly routes: readonly Ranked[];
  readonly statements: readonly Ranked[];
  readonly slowRequests: readonly SlowRequest[];
  readonly overhead: Overhead;
}

/** Gathers a report over all that the profiler keeps. */
export function toReport(profiler: Profiler): ProfileReport {
  const spanMs = Number.MAX_SAFE_INTEGER;
  const functions = profiler.hotFunctions();
  const { at, startedAt, functions: timers, routes, statements, slowRequests, bottlenecks } = profiler.snapshot(spanMs);
  return {
    version: 1,
    at,
    startedAt,
    bottlenecks,
    stalls: profiler.stalls(spanMs),
    functions,
    timers,
    routes,
    statements,
    slowRequests,
    overhead: profiler.overhead(),
  };
}
