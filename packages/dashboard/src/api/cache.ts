/** `GET /cache` as a `Section`. Rates over time come from `GET /series` (`cache.*`). */
export interface CacheView {
  /** Share of reads that a tier answered, 0..1. */
  readonly hitRatio: number;
  /** Reads by what answered them; the donut. */
  readonly reads: { readonly memory: number; readonly redis: number; readonly stale: number; readonly miss: number };
  readonly memory: {
    readonly entryCount: number;
    readonly maxEntries: number;
    readonly bytes: number;
    readonly maxBytes: number;
  };
  readonly redis: {
    readonly status: 'up' | 'degraded' | 'absent';
    readonly timeoutCount: number;
    readonly errorCount: number;
    /** `null` when there is no Redis, or its breaker is not told of. */
    readonly breaker: {
      readonly state: 'closed' | 'open' | 'half-open';
      readonly since: number;
      readonly openedCount: number;
    } | null;
    /** Invalidations that wait for Redis to come back; `null` when they are not counted. */
    readonly queuedInvalidations: number | null;
  };
  readonly evictions: { readonly size: number; readonly expired: number; readonly rejected: number };
  readonly namespaces: readonly CacheNamespaceFigures[];
  /** Hit ratio at other sizes of the memory: "what would twice the memory bring". Empty before anything was evicted. */
  readonly curve: readonly { readonly sizeRatio: number; readonly bytes: number; readonly hitRatio: number }[];
  /** Keys read most; private namespaces are left out. */
  readonly hotKeys: readonly { readonly namespace: string; readonly key: string; readonly readRatio: number }[];
  readonly largeValues: readonly { readonly namespace: string; readonly key: string; readonly bytes: number }[];
}

/** One namespace. */
export interface CacheNamespaceFigures {
  readonly name: string;
  readonly memoryHits: number;
  readonly redisHits: number;
  readonly staleHits: number;
  readonly misses: number;
  readonly hitRatio: number;
  readonly loadCount: number;
  readonly failedLoadCount: number;
  readonly loadP50Ms: number;
  readonly loadP95Ms: number;
  readonly redisP95Ms: number;
  readonly entryCount: number;
  readonly bytes: number;
  readonly writeCount: number;
  readonly invalidationCount: number;
  /** Time of loads that hits saved: hits x mean load, in milliseconds since the start. */
  readonly savedMs: number;
}
