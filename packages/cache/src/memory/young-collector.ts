import { findEngineCollect, type EngineCollect } from '@dataguardian/telemetry';
import type { MarkingWatch } from './marking-watch.ts';

type Marking = Pick<MarkingWatch, 'isMarking' | 'isMarkingNow'>;

/**
 * New values that stay, in bytes, after which the young generation is collected. The engine waits for up to 32 MB of it,
 * and then moves all that is still in use at once: in a cache that fills, nearly everything, which held up the event loop
 * for 12 to 22 ms (docs/benchmarks/cache.md).
 */
const BYTES_PER_COLLECTION = 2 * 1024 * 1024;

/**
 * The same while the engine marks for a full collection. A small collection in between has it end the marking at once,
 * with all that was not marked yet still to do: that held up the event loop for 25 to 30 ms, or for 7 while a cache fills.
 * A marking takes 40 ms, so that no more than this comes meanwhile.
 */
const BYTES_WHILE_MARKING = 8 * 1024 * 1024;

/**
 * Collects the young generation in small steps as values come to stay, between the turns of the event loop. Newcomers
 * that are soon rejected do not count: they cost a collection nothing.
 */
export class YoungCollector {
  private readonly marking: Marking;
  private readonly collect: EngineCollect | undefined;
  /** What had stayed at the last collection, or the least since. */
  private stayedBefore = 0;
  private wasMarking = false;
  private isScheduled = false;

  constructor(marking: Marking, collect: EngineCollect | undefined = findEngineCollect()) {
    this.marking = marking;
    this.collect = collect;
  }

  /** @param stayedBytes Bytes of all values so far, but for those that were not admitted. */
  follow(stayedBytes: number): void {
    const { isMarking } = this.marking;
    // A full collection has emptied the young generation.
    const hasBeenCollected = this.wasMarking && !isMarking;
    this.wasMarking = isMarking;
    if (hasBeenCollected || stayedBytes < this.stayedBefore) this.stayedBefore = stayedBytes;
    const limit = isMarking ? BYTES_WHILE_MARKING : BYTES_PER_COLLECTION;
    if (stayedBytes - this.stayedBefore < limit || this.isScheduled || this.collect === undefined) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      // It may have begun to since: between two turns it does so by itself, before we are told.
      if (isMarking || !this.marking.isMarkingNow()) this.collect?.({ type: 'minor' });
    });
    this.stayedBefore = stayedBytes;
  }
}
