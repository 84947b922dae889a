import type { Window } from './windows.ts';

/** How a metric reads: a plain count or ratio, bytes, or milliseconds. */
export type MetricUnit = 'count' | 'perSecond' | 'ratio' | 'bytes' | 'ms';

/** One number that every window yields; the dashboard charts it and alerts watch it. */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** How windows merge into a longer one. */
  readonly merge: 'sum' | 'mean' | 'max' | 'last';
  readonly read: (window: Window) => number;
}

const perSecond = (count: number, window: Window): number =>
  window.durationMs > 0 ? (count * 1_000) / window.durationMs : 0;

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : Number.NaN);

/** Every metric, by the name that history, alerts and Prometheus share. `NaN` means "nothing to measure". */
export const METRICS: readonly Metric[] = [
  { name: 'requests.rate', unit: 'perSecond', merge: 'mean', read: (w) => perSecond(w.requests.count, w) },
  {
    name: 'requests.errorRatio',
    unit: 'ratio',
    merge: 'mean',
    read: (w) => share(w.requests.errorCount, w.requests.count),
  },
  { name: 'requests.p50', unit: 'ms', merge: 'mean', read: (w) => w.requests.p50Ms },
  { name: 'requests.p95', unit: 'ms', merge: 'max', read: (w) => w.requests.p95Ms },
  { name: 'requests.p99', unit: 'ms', merge: 'max', read: (w) => w.requests.p99Ms },
  { name: 'requests.bytes', unit: 'bytes', merge: 'sum', read: (w) => w.requests.bytes },
  { name: 'queries.rate', unit: 'perSecond', merge: 'mean', read: (w) => perSecond(w.queries.count, w) },
  {
    name: 'queries.failedRatio',
    unit: 'ratio',
    merge: 'mean',
    read: (w) => share(w.queries.failedCount, w.queries.count),
  },
  { name: 'queries.p50', unit: 'ms', merge: 'mean', read: (w) => w.queries.p50Ms },
  { name: 'queries.p95', unit: 'ms', merge: 'max', read: (w) => w.queries.p95Ms },
  { name: 'queries.p99', unit: 'ms', merge: 'max', read: (w) => w.queries.p99Ms },
  { name: 'queries.waitP95', unit: 'ms', merge: 'max', read: (w) => w.queries.waitP95Ms },
  {
    name: 'queries.cacheHitRatio',
    unit: 'ratio',
    merge: 'mean',
    read: ({ queries: { verdicts } }) => share(verdicts.hit, verdicts.hit + verdicts.miss),
  },
  { name: 'pool.total', unit: 'count', merge: 'last', read: (w) => w.queries.pool.total },
  { name: 'pool.busy', unit: 'count', merge: 'max', read: (w) => w.queries.pool.total - w.queries.pool.idle },
  { name: 'pool.waiting', unit: 'count', merge: 'max', read: (w) => w.queries.pool.waiting },
  {
    name: 'cache.hitRatio',
    unit: 'ratio',
    merge: 'mean',
    read: ({ cache: { outcomes } }) => {
      const hits = outcomes['hit-memory'] + outcomes['hit-redis'] + outcomes.stale;
      return share(hits, hits + outcomes.miss);
    },
  },
  {
    name: 'cache.memoryHits',
    unit: 'perSecond',
    merge: 'mean',
    read: (w) => perSecond(w.cache.outcomes['hit-memory'], w),
  },
  {
    name: 'cache.redisHits',
    unit: 'perSecond',
    merge: 'mean',
    read: (w) => perSecond(w.cache.outcomes['hit-redis'], w),
  },
  { name: 'cache.misses', unit: 'perSecond', merge: 'mean', read: (w) => perSecond(w.cache.outcomes.miss, w) },
  { name: 'cache.stale', unit: 'perSecond', merge: 'mean', read: (w) => perSecond(w.cache.outcomes.stale, w) },
  { name: 'cache.loadP95', unit: 'ms', merge: 'max', read: (w) => w.cache.loadP95Ms },
  { name: 'cache.evictions', unit: 'perSecond', merge: 'mean', read: (w) => perSecond(w.cache.evictionCount, w) },
  { name: 'sessions.started', unit: 'count', merge: 'sum', read: (w) => w.sessions.startedCount },
  { name: 'sessions.ended', unit: 'count', merge: 'sum', read: (w) => w.sessions.endedCount },
  { name: 'sessions.shed', unit: 'count', merge: 'sum', read: (w) => w.sessions.shedCount },
  { name: 'sessions.waitP95', unit: 'ms', merge: 'max', read: (w) => w.sessions.waitP95Ms },
  { name: 'scans.bytes', unit: 'bytes', merge: 'sum', read: (w) => w.scans.bytes },
  { name: 'scans.chunks', unit: 'count', merge: 'sum', read: (w) => w.scans.chunkCount },
  { name: 'scans.findings', unit: 'count', merge: 'sum', read: (w) => w.scans.findingCount },
  { name: 'scans.pending', unit: 'count', merge: 'last', read: (w) => w.scans.queue.pendingChunks },
  { name: 'runtime.cpu', unit: 'ratio', merge: 'mean', read: (w) => w.runtime.cpuRatio },
  { name: 'runtime.loopUtilisation', unit: 'ratio', merge: 'mean', read: (w) => w.runtime.loopBusyRatio },
  { name: 'runtime.loopDelayP99', unit: 'ms', merge: 'max', read: (w) => w.runtime.loopDelayP99Ms },
  { name: 'runtime.loopDelayMax', unit: 'ms', merge: 'max', read: (w) => w.runtime.loopDelayMaxMs },
  { name: 'runtime.threadPoolWait', unit: 'ms', merge: 'max', read: (w) => w.runtime.threadPoolWaitMs },
  { name: 'runtime.gc', unit: 'ms', merge: 'sum', read: (w) => w.runtime.gcMs },
  { name: 'runtime.rss', unit: 'bytes', merge: 'last', read: (w) => w.runtime.rssBytes },
  { name: 'runtime.heapUsed', unit: 'bytes', merge: 'last', read: (w) => w.runtime.heapUsedBytes },
  { name: 'runtime.external', unit: 'bytes', merge: 'last', read: (w) => w.runtime.externalBytes },
];

/** The metric of that name, if there is one. */
export function findMetric(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === name);
}

/** Merges readings of one metric into one number; `NaN` when there was nothing to measure. */
export function mergeReadings(metric: Metric, readings: readonly number[]): number {
  const numbers = readings.filter((reading) => !Number.isNaN(reading));
  const last = numbers.at(-1);
  if (last === undefined) return Number.NaN;
  switch (metric.merge) {
    case 'sum':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'mean':
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    case 'max':
      return Math.max(...numbers);
    case 'last':
      return last;
  }
}
