import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MarkingWatch } from './marking-watch.ts';

/** What V8 offers to those who may ask for a collection. */
type Collect = (options: { readonly type: 'minor' }) => void;

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
  private readonly collect: Collect | undefined;
  /** What had stayed at the last collection, or the least since. */
  private stayedBefore = 0;
  private wasMarking = false;
  private isScheduled = false;

  constructor(marking: Marking, collect: Collect | undefined = findCollect()) {
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

/** The flag is one for all threads, each of which sets it for a moment. */
const MAX_ATTEMPTS = 5;

let found: Collect | undefined;
let hasLooked = false;

/** The engine's own function, which is not among the globals unless the process was started so. */
function findCollect(): Collect | undefined {
  if (hasLooked) return found;
  hasLooked = true;
  const exposed: unknown = Reflect.get(globalThis, 'gc');
  if (typeof exposed === 'function') {
    found = exposed as Collect;
    return found;
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS && found === undefined; attempt++) {
    try {
      setFlagsFromString('--expose-gc');
      found = runInNewContext('gc') as Collect;
      setFlagsFromString('--no-expose-gc');
    } catch {
      // Another thread of this process has just taken the flag back; where it cannot be had at all, collections come
      // when they come.
    }
  }
  return found;
}
