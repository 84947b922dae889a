import type { Cache } from '@dataguardian/cache';
import type { DashboardSources } from '@dataguardian/dashboard';
import { createHistogram, type HistogramState } from '@dataguardian/telemetry';

type CacheView = Awaited<ReturnType<NonNullable<DashboardSources['cache']>>>;

/** What the dashboard shows of a cache. */
export function readCache(cache: Cache): CacheView {
  const stats = cache.stats();
  const sum = (name: 'memoryHits' | 'redisHits' | 'staleHits' | 'misses'): number =>
    stats.namespaces.reduce((total, namespace) => total + namespace[name], 0);
  return {
    hitRatio: stats.hitRatio,
    reads: { memory: sum('memoryHits'), redis: sum('redisHits'), stale: sum('staleHits'), miss: sum('misses') },
    memory: {
      entryCount: stats.memoryEntries,
      maxEntries: stats.memoryMaxEntries,
      bytes: stats.memoryBytes,
      maxBytes: stats.memoryMaxBytes,
    },
    redis: {
      status: stats.redis.status,
      timeoutCount: stats.redis.timeouts,
      errorCount: stats.redis.errors,
      breaker: null,
      queuedInvalidations: null,
    },
    evictions: stats.evictions,
    namespaces: stats.namespaces.map((namespace) => {
      const hits = namespace.memoryHits + namespace.redisHits + namespace.staleHits;
      const loads = toHistogram(namespace.loadMs);
      return {
        name: namespace.name,
        memoryHits: namespace.memoryHits,
        redisHits: namespace.redisHits,
        staleHits: namespace.staleHits,
        misses: namespace.misses,
        hitRatio: hits / Math.max(1, hits + namespace.misses),
        loadCount: namespace.loads,
        failedLoadCount: namespace.loadFailures,
        loadP50Ms: loads.quantile(0.5),
        loadP95Ms: loads.quantile(0.95),
        redisP95Ms: toHistogram(namespace.redisMs).quantile(0.95),
        entryCount: namespace.memoryEntries,
        bytes: namespace.memoryBytes,
        writeCount: namespace.writes,
        invalidationCount: namespace.invalidations,
        savedMs: loads.count === 0 ? 0 : hits * (loads.sum / loads.count),
      };
    }),
    curve: cache.analyst.curve().map(({ sizeRatio, hitRatio }) => ({
      sizeRatio,
      bytes: sizeRatio * stats.memoryMaxBytes,
      hitRatio,
    })),
    hotKeys: cache.analyst.hotKeys(),
    largeValues: cache.analyst.oversized().map(({ namespace, key, bytes }) => ({ namespace, key, bytes })),
  };
}

function toHistogram(state: HistogramState): ReturnType<typeof createHistogram> {
  const histogram = createHistogram();
  histogram.merge(state);
  return histogram;
}
