import { cacheLoads, cacheReads, cacheWrites } from '@dataguardian/telemetry';
import { createRecent } from './recent.ts';

/** What happened to one namespace of the cache. */
export interface CacheSpace {
  readonly namespace: string;
  readonly hitCount: number;
  readonly missCount: number;
  readonly writeCount: number;
  readonly meanWriteBytes: number;
  readonly maxWriteBytes: number;
  /** The most loads of one key that ran within one window without sharing. */
  readonly burstCount: number;
}

/** Watches namespaces between two readings and keeps the readings. */
export interface CacheSpaces {
  start(): void;
  stop(): void;
  /** To be called once a window. */
  close(at: number): void;
  since(at: number): readonly CacheSpace[];
}

interface Counts {
  hitCount: number;
  missCount: number;
  writeCount: number;
  writtenBytes: number;
  maxWriteBytes: number;
  /** Callers that shared the load of another. */
  sharedCount: number;
  /** Callers whose value was loaded: each missed, whether or not the read itself was published. */
  loadedCount: number;
  readonly missesByKey: Map<number, number>;
  burstCount: number;
}

/** Keys counted apart in one window; a stampede is on few keys. */
const MOST_KEYS = 2_000;
const MOST_SPACES = 200;

/** Creates a watch that keeps `windowCount` readings of at most `keepMs` age. */
export function createCacheSpaces(windowCount: number, keepMs: number): CacheSpaces {
  const readings = createRecent<ReadonlyMap<string, Counts>>(windowCount, keepMs);
  let current = new Map<string, Counts>();
  let ends: (() => void)[] = [];

  const countsOf = (namespace: string): Counts => {
    const known = current.get(namespace);
    if (known !== undefined) return known;
    const counts = noCounts();
    if (current.size < MOST_SPACES) current.set(namespace, counts);
    return counts;
  };

  return {
    start() {
      if (ends.length > 0) return;
      ends = [
        cacheReads.subscribe(({ namespace, outcome, keyHash }) => {
          const counts = countsOf(namespace);
          if (outcome === 'bypass') return;
          if (outcome !== 'miss') {
            counts.hitCount += 1;
            return;
          }
          counts.missCount += 1;
          if (counts.missesByKey.size < MOST_KEYS || counts.missesByKey.has(keyHash))
            counts.missesByKey.set(keyHash, (counts.missesByKey.get(keyHash) ?? 0) + 1);
        }),
        cacheLoads.subscribe(({ namespace, callerCount }) => {
          const counts = countsOf(namespace);
          counts.sharedCount += Math.max(0, callerCount - 1);
          counts.loadedCount += Math.max(1, callerCount);
        }),
        cacheWrites.subscribe(({ namespace, kind, bytes, keyCount }) => {
          if (kind !== 'set' || keyCount === 0) return;
          const counts = countsOf(namespace);
          counts.writeCount += keyCount;
          counts.writtenBytes += bytes;
          counts.maxWriteBytes = Math.max(counts.maxWriteBytes, bytes / keyCount);
        }),
      ];
    },
    stop() {
      for (const end of ends) end();
      ends = [];
    },
    close(at) {
      if (current.size === 0) return;
      for (const counts of current.values()) {
        const most = Math.max(0, ...counts.missesByKey.values());
        counts.burstCount = Math.max(0, most - counts.sharedCount);
        counts.missCount = Math.max(counts.missCount, counts.loadedCount);
        counts.missesByKey.clear();
      }
      readings.push(at, current);
      current = new Map();
    },
    since(at) {
      const merged = new Map<string, Counts>();
      for (const { value } of readings.since(at)) {
        for (const [namespace, part] of value) {
          const sum = merged.get(namespace) ?? noCounts();
          sum.hitCount += part.hitCount;
          sum.missCount += part.missCount;
          sum.writeCount += part.writeCount;
          sum.writtenBytes += part.writtenBytes;
          sum.maxWriteBytes = Math.max(sum.maxWriteBytes, part.maxWriteBytes);
          sum.burstCount = Math.max(sum.burstCount, part.burstCount);
          merged.set(namespace, sum);
        }
      }
      return [...merged].map(([namespace, counts]) => ({
        namespace,
        hitCount: counts.hitCount,
        missCount: counts.missCount,
        writeCount: counts.writeCount,
        meanWriteBytes: counts.writeCount > 0 ? counts.writtenBytes / counts.writeCount : 0,
        maxWriteBytes: counts.maxWriteBytes,
        burstCount: counts.burstCount,
      }));
    },
  };
}

function noCounts(): Counts {
  return {
    hitCount: 0,
    missCount: 0,
    writeCount: 0,
    writtenBytes: 0,
    maxWriteBytes: 0,
    sharedCount: 0,
    loadedCount: 0,
    missesByKey: new Map(),
    burstCount: 0,
  };
}
