import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';

/** A garbage collection that has ended. */
export interface Collection {
  readonly durationMs: number;
  /** Whether the whole heap was collected. */
  readonly isFull: boolean;
}

/** Collections within a window. */
export interface CollectionPart {
  readonly gcMs: number;
  /** Small and large ones. */
  readonly gcCount: number;
}

/** Where collections are heard of. */
export interface CollectionSource {
  resume(): void;
  /** Tells what has come, and nothing any more. */
  pause(): void;
}

/** Follows collections; where they are many, in one window of sixteen. */
export interface CollectionWatch {
  /** Follows them until the returned function is called. */
  subscribe(listener?: (collections: readonly Collection[]) => void): () => void;
  /** What the window that ends held; as many as in the latest that was looked at when this one was not. */
  take(durationMs: number): CollectionPart;
  /** Whether those of the window under way are heard of. */
  readonly isLooking: boolean;
  /** Begins a window. @param isWanted Whether somebody must hear of each collection in it. */
  turn(isWanted: boolean): void;
}

/** Hearing of one costs up to 200 us between requests: so many a second are 0.2% of a core. */
const MANY_PER_SECOND = 10;
/** What lasts no longer is looked at whole: start-up, a burst, a leak of half a minute. */
const MANY_WINDOWS = 30;
/** Windows that are passed over between two that are looked at: Node makes 5 KB for each collection that become old at once. */
const PASSED_WINDOWS = 15;

/** Creates a watch that is off until somebody subscribes. */
export function createCollectionWatch(
  openSource: (tell: (collections: readonly Collection[]) => void) => CollectionSource = nodeCollections,
): CollectionWatch {
  const listeners = new Set<(collections: readonly Collection[]) => void>();
  let gcMs = 0;
  let gcCount = 0;
  let latest: CollectionPart = { gcMs: 0, gcCount: 0 };
  let latestDurationMs = 1;
  let isLooking = false;
  let manyWindowCount = 0;
  let passedCount = 0;

  const source = openSource((collections) => {
    for (const { durationMs } of collections) gcMs += durationMs;
    gcCount += collections.length;
    for (const listener of listeners) listener(collections);
  });
  const look = (): void => {
    if (isLooking) return;
    isLooking = true;
    source.resume();
  };
  const lookAway = (): void => {
    isLooking = false;
    source.pause();
    passedCount = 0;
    gcMs = 0;
    gcCount = 0;
  };

  return {
    get isLooking() {
      return isLooking;
    },
    subscribe(listener = () => undefined) {
      listeners.add(listener);
      look();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        lookAway();
        manyWindowCount = 0;
      };
    },
    take(durationMs) {
      if (!isLooking) {
        const share = durationMs / latestDurationMs;
        return { gcMs: latest.gcMs * share, gcCount: Math.round(latest.gcCount * share) };
      }
      latest = { gcMs, gcCount };
      latestDurationMs = Math.max(1, durationMs);
      manyWindowCount = gcCount > (MANY_PER_SECOND * durationMs) / 1_000 ? manyWindowCount + 1 : 0;
      gcMs = 0;
      gcCount = 0;
      return latest;
    },
    turn(isWanted) {
      if (listeners.size === 0) return;
      if (isLooking) {
        if (!isWanted && manyWindowCount >= MANY_WINDOWS) lookAway();
        return;
      }
      passedCount += 1;
      if (isWanted || passedCount >= PASSED_WINDOWS) look();
    },
  };
}

function nodeCollections(tell: (collections: readonly Collection[]) => void): CollectionSource {
  const tellEntries = (entries: readonly PerformanceEntry[]): void => {
    if (entries.length > 0) tell(entries.map((entry) => ({ durationMs: entry.duration, isFull: isFull(entry) })));
  };
  const observer = new PerformanceObserver((list) => tellEntries(list.getEntries()));
  return {
    resume: () => observer.observe({ entryTypes: ['gc'] }),
    pause() {
      tellEntries(observer.takeRecords());
      observer.disconnect();
    },
  };
}

function isFull(entry: PerformanceEntry): boolean {
  // Node documents the detail of `gc` entries; the types leave it open.
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
