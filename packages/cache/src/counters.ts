import { createHistogram, type Histogram } from '@dataguardian/telemetry';
import type { MemorySpace } from './memory/memory-space.ts';
import type { RemoteSpace } from './remote.ts';
import type { NamespaceStats } from './stats.ts';

/** What one namespace has counted. Plain fields, because the memory path adds to them at each hit. */
export class NamespaceCounters {
  memoryHits = 0;
  redisHits = 0;
  staleHits = 0;
  misses = 0;
  /** Reads that waited for a load because the value had just expired. */
  lapsedReads = 0;
  loads = 0;
  loadFailures = 0;
  writes = 0;
  invalidations = 0;
  /** Refreshes that brought the same value as before, and those that did not, of a sample. */
  refreshesSame = 0;
  refreshesChanged = 0;
  readonly loadMs: Histogram = createHistogram();
  readonly redisMs: Histogram = createHistogram();

  snapshot(space: MemorySpace, remote: RemoteSpace | undefined): NamespaceStats {
    return {
      name: space.name,
      memoryHits: this.memoryHits,
      redisHits: this.redisHits,
      staleHits: this.staleHits,
      misses: this.misses,
      lapsedReads: this.lapsedReads,
      loads: this.loads,
      loadFailures: this.loadFailures,
      writes: this.writes,
      invalidations: this.invalidations,
      memoryEntries: space.entries.size,
      memoryBytes: space.bytes,
      evictions: { ...space.evictions },
      redisReadBytes: remote?.traffic.readBytes ?? 0,
      redisWrittenBytes: remote?.traffic.writtenBytes ?? 0,
      loadMs: this.loadMs.state(),
      redisMs: this.redisMs.state(),
    };
  }
}
