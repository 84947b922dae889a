import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 offers to those who may ask for a collection. */
type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * Growth of a cache after which the young generation is collected. The engine waits for up to 32 MB of it, and then moves
 * all that is still in use at once: in a cache that fills, nearly everything, which held up the event loop for 12 to
 * 22 ms (docs/benchmarks/cache.md).
 */
const BYTES_PER_COLLECTION = 2 * 1024 * 1024;

/**
 * Collects the young generation in small steps while a cache fills, between the turns of the event loop. A cache that is
 * full needs none: its new values replace others, most of them soon, and collections would hold up the marking of the
 * engine's full collections.
 */
export class YoungCollector {
  private readonly collect: Collect | undefined;
  /** What the cache held at the last collection, or the least since. */
  private heldBytes = 0;
  private isScheduled = false;

  constructor(collect: Collect | undefined = findCollect()) {
    this.collect = collect;
  }

  /** Notes how many bytes the cache holds. */
  follow(heldBytes: number): void {
    if (heldBytes < this.heldBytes) this.heldBytes = heldBytes;
    if (heldBytes - this.heldBytes < BYTES_PER_COLLECTION || this.isScheduled || this.collect === undefined) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.collect?.({ type: 'minor' });
    });
    this.heldBytes = heldBytes;
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
  } catch {
    // Where that is forbidden, collections come when they come.
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
  return found;
}
