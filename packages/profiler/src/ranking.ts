import { createHistogram, type Histogram, type RequestEvent } from '@dataguardian/telemetry';
import type { Durations } from './collector.ts';
import { toDurations } from './durations.ts';
import { nameRoute } from './route-names.ts';

/** Totals of one route, statement or function since the profiler started. */
export interface Ranked extends Durations {
  readonly name: string;
  readonly count: number;
  readonly errorCount: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly minMs: number;
  /** Epoch milliseconds of the latest call. */
  readonly lastAt: number;
}

/** Totals by name, bounded in names. */
export interface Ranking {
  /** @param times Calls that this one stands for. @defaultValue 1 */
  record(name: string, durationMs: number, at: number, failed: boolean, times?: number): void;
  /** The `count` names with the greatest total time, greatest first. */
  top(count: number): readonly Ranked[];
}

interface Entry {
  readonly histogram: Histogram;
  errorCount: number;
  lastAt: number;
}

/** Keeps totals of at most `capacity` names; the name that was quiet longest makes room. */
export function createRanking(capacity: number): Ranking {
  const entries = new Map<string, Entry>();
  const dropQuietest = (): void => {
    let quietest: string | undefined;
    let quietestAt = Number.POSITIVE_INFINITY;
    for (const [name, { lastAt }] of entries) {
      if (lastAt >= quietestAt) continue;
      quietest = name;
      quietestAt = lastAt;
    }
    if (quietest !== undefined) entries.delete(quietest);
  };
  return {
    record(name, durationMs, at, failed, times = 1) {
      let entry = entries.get(name);
      if (entry === undefined) {
        // Looked for when one is needed: keeping the order would cost every known name two writes.
        if (entries.size >= capacity) dropQuietest();
        entry = { histogram: createHistogram(), errorCount: 0, lastAt: at };
        entries.set(name, entry);
      }
      entry.histogram.record(durationMs, times);
      entry.lastAt = at;
      if (failed) entry.errorCount += times;
    },
    top(count) {
      return [...entries]
        .toSorted(([, a], [, b]) => b.histogram.sum - a.histogram.sum)
        .slice(0, count)
        .map(([name, { histogram, errorCount, lastAt }]) => ({
          name,
          count: histogram.count,
          errorCount,
          totalMs: histogram.sum,
          meanMs: histogram.count > 0 ? histogram.sum / histogram.count : 0,
          minMs: histogram.min,
          lastAt,
          ...toDurations(histogram),
        }));
    },
  };
}

/** Counts a finished request, and those that it stands for, under the name of its route. */
export function recordRequest(
  routes: Ranking,
  { method, route, durationMs, statusCode, standsFor }: RequestEvent,
  at: number,
): void {
  routes.record(nameRoute(method, route), durationMs, at, statusCode >= 500, standsFor);
}
