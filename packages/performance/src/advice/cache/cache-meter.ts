import type { GainWindow } from '@dataguardian/advisor';
import type { Cache, CacheStats } from '@dataguardian/cache';
import type { Clock } from '@dataguardian/telemetry';

/** What was asked of a namespace. */
export interface CacheCounts {
  readonly reads: number;
  /** Answered from memory, stale values included. */
  readonly memoryHits: number;
  readonly loads: number;
  /** Reads that waited for a load because the value had just expired. */
  readonly lapsedReads: number;
}

/** What was asked of the cache in a second or more. */
export interface CacheWindow extends GainWindow {
  readonly namespaces: ReadonlyMap<string, CacheCounts>;
  /** What the memory tier held at its end, and might hold. */
  readonly memoryBytes: number;
  readonly memoryMaxBytes: number;
  /** Values that had to make room, or were not let in. */
  readonly evictedCount: number;
}

/** Counts of the latest seconds, by namespace. */
export interface CacheMeter {
  /** Windows of the last `spanMs`, oldest first; merged into stretches of `stretchMs` when that is given. */
  windows(spanMs: number, stretchMs?: number): readonly CacheWindow[];
  close(): void;
}

const PERIOD_MS = 1_000;
const CAPACITY = 300;
export const NOTHING: CacheCounts = { reads: 0, memoryHits: 0, loads: 0, lapsedReads: 0 };

/** Begins to count. */
export function createCacheMeter(cache: Cache, clock: Clock): CacheMeter {
  const ring: CacheWindow[] = [];
  let former = readTotals(cache.stats());
  let formerEvicted = toEvictedCount(cache.stats());
  let formerAt = clock.monotonic();
  const timer = clock.repeat(PERIOD_MS, () => {
    const stats = cache.stats();
    const totals = readTotals(stats);
    const namespaces = new Map(
      [...totals].map(([name, counts]) => [name, subtract(counts, former.get(name) ?? NOTHING)]),
    );
    const { memoryBytes, memoryMaxBytes } = stats;
    const evicted = toEvictedCount(stats);
    const evictedCount = evicted - formerEvicted;
    const durationMs = clock.monotonic() - formerAt;
    ring.push({ at: clock.now(), durationMs, namespaces, memoryBytes, memoryMaxBytes, evictedCount });
    formerEvicted = evicted;
    if (ring.length > CAPACITY) ring.shift();
    former = totals;
    formerAt = clock.monotonic();
  });
  return {
    windows(spanMs, stretchMs = PERIOD_MS) {
      const recent = ring.filter(({ at }) => at >= clock.now() - spanMs);
      const size = Math.max(1, Math.round(stretchMs / PERIOD_MS));
      const merged: CacheWindow[] = [];
      for (let start = 0; start + size <= recent.length; start += size)
        merged.push(merge(recent.slice(start, start + size)));
      return merged;
    },
    close: () => timer.cancel(),
  };
}

/** The sum over the namespaces that `isMeant` chooses. */
export function sumOf({ namespaces }: CacheWindow, isMeant: (name: string) => boolean = () => true): CacheCounts {
  let sum = NOTHING;
  for (const [name, counts] of namespaces) if (isMeant(name)) sum = add(sum, counts);
  return sum;
}

function readTotals({ namespaces }: CacheStats): Map<string, CacheCounts> {
  return new Map(
    namespaces.map(({ name, memoryHits, redisHits, staleHits, misses, loads, lapsedReads }) => [
      name,
      { reads: memoryHits + redisHits + staleHits + misses, memoryHits: memoryHits + staleHits, loads, lapsedReads },
    ]),
  );
}

function toEvictedCount({ evictions }: CacheStats): number {
  return evictions.size + evictions.rejected;
}

function add(one: CacheCounts, other: CacheCounts): CacheCounts {
  return {
    reads: one.reads + other.reads,
    memoryHits: one.memoryHits + other.memoryHits,
    loads: one.loads + other.loads,
    lapsedReads: one.lapsedReads + other.lapsedReads,
  };
}

function subtract(one: CacheCounts, other: CacheCounts): CacheCounts {
  return {
    reads: one.reads - other.reads,
    memoryHits: one.memoryHits - other.memoryHits,
    loads: one.loads - other.loads,
    lapsedReads: one.lapsedReads - other.lapsedReads,
  };
}

function merge(windows: readonly CacheWindow[]): CacheWindow {
  const namespaces = new Map<string, CacheCounts>();
  for (const window of windows)
    for (const [name, counts] of window.namespaces) namespaces.set(name, add(namespaces.get(name) ?? NOTHING, counts));
  return {
    at: windows.at(-1)?.at ?? 0,
    durationMs: windows.reduce((sum, { durationMs }) => sum + durationMs, 0),
    namespaces,
    memoryBytes: windows.at(-1)?.memoryBytes ?? 0,
    memoryMaxBytes: windows.at(-1)?.memoryMaxBytes ?? 0,
    evictedCount: windows.reduce((sum, { evictedCount }) => sum + evictedCount, 0),
  };
}
