import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 offers to those who may ask for a collection. */
type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * New values that stay, in bytes, after which the young generation is collected. The engine waits for up to 32 MB of it,
 * and then moves all that is still in use at once: in a cache that fills, nearly everything, which held up the event loop
 * for 12 to 22 ms (docs/benchmarks/cache.md).
 */
const BYTES_PER_COLLECTION = 2 * 1024 * 1024;

/**
 * Collects the young generation in small steps as values come to stay, between the turns of the event loop. Newcomers
 * that are soon rejected do not count: they cost a collection nothing, and collections hold up the marking of the
 * engine's full ones.
 */
export class YoungCollector {
  private readonly collect: Collect | undefined;
  /** What had stayed at the last collection, or the least since. */
  private stayedBefore = 0;
  private isScheduled = false;

  constructor(collect: Collect | undefined = findCollect()) {
    this.collect = collect;
  }

  /** @param stayedBytes Bytes of all values so far, but for those that were not admitted. */
  follow(stayedBytes: number): void {
    if (stayedBytes < this.stayedBefore) this.stayedBefore = stayedBytes;
    if (stayedBytes - this.stayedBefore < BYTES_PER_COLLECTION || this.isScheduled || this.collect === undefined)
      return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.collect?.({ type: 'minor' });
    });
    this.stayedBefore = stayedBytes;
  }
}

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
  try {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
  } catch {
    // Where that cannot be had, collections come when they come.
  }
  return found;
}
