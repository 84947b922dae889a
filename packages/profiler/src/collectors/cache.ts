import { cacheEvictions, cacheLoads, cacheReads, createHistogram, type CacheOutcome } from '@dataguardian/telemetry';
import type { Collector } from '../collector.ts';

/** Reads of the cache in the window. */
export interface CachePart {
  readonly outcomes: Readonly<Record<CacheOutcome, number>>;
  readonly loadCount: number;
  readonly loadP95Ms: number;
  readonly failedLoadCount: number;
  readonly evictionCount: number;
}

/** Counts cache reads by outcome, loads and evictions. */
export function createCacheCollector(): Collector<CachePart> {
  const loads = createHistogram();
  let outcomes = noOutcomes();
  let failedLoadCount = 0;
  let evictionCount = 0;
  let unsubscribe: (() => void)[] = [];
  return {
    start() {
      if (unsubscribe.length > 0) return;
      unsubscribe = [
        cacheReads.subscribe((event) => {
          outcomes[event.outcome] += 1;
        }),
        cacheLoads.subscribe((event) => {
          loads.record(event.durationMs);
          if (event.failed) failedLoadCount += 1;
        }),
        cacheEvictions.subscribe((event) => {
          evictionCount += event.count;
        }),
      ];
    },
    collect() {
      const part = {
        outcomes,
        loadCount: loads.count,
        loadP95Ms: loads.quantile(0.95),
        failedLoadCount,
        evictionCount,
      };
      loads.reset();
      outcomes = noOutcomes();
      failedLoadCount = 0;
      evictionCount = 0;
      return part;
    },
    stop() {
      for (const end of unsubscribe) end();
      unsubscribe = [];
    },
  };
}

function noOutcomes(): Record<CacheOutcome, number> {
  return { 'hit-memory': 0, 'hit-redis': 0, stale: 0, miss: 0, bypass: 0 };
}
