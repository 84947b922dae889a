import type { HistogramState } from '@dataguardian/telemetry';
import type { EvictionCounts } from './memory/memory-space.ts';

/** Counts since the namespace was opened. */
export interface NamespaceStats {
  readonly name: string;
  readonly memoryHits: number;
  readonly redisHits: number;
  readonly staleHits: number;
  readonly misses: number;
  /** Reads that waited for a load because the value in memory had just expired. */
  readonly lapsedReads: number;
  readonly loads: number;
  readonly loadFailures: number;
  readonly writes: number;
  readonly invalidations: number;
  /** Entries and estimated bytes that memory holds now. */
  readonly memoryEntries: number;
  readonly memoryBytes: number;
  /** Entries that left memory, and why. */
  readonly evictions: Readonly<EvictionCounts>;
  /** Bytes of records that came from Redis and went there. */
  readonly redisReadBytes: number;
  readonly redisWrittenBytes: number;
  /** Time of loads in milliseconds. */
  readonly loadMs: HistogramState;
  /** Time of reads that Redis answered, in milliseconds. */
  readonly redisMs: HistogramState;
}

/** The state of the cache as a whole. */
export interface CacheStats {
  readonly namespaces: readonly NamespaceStats[];
  readonly memoryEntries: number;
  readonly memoryBytes: number;
  readonly memoryMaxBytes: number;
  readonly memoryMaxEntries: number;
  readonly evictions: Readonly<EvictionCounts>;
  readonly redis: { readonly status: 'up' | 'degraded' | 'absent'; readonly timeouts: number; readonly errors: number };
  /** Share of reads that a tier answered, stale ones included, 0..1. */
  readonly hitRatio: number;
}
