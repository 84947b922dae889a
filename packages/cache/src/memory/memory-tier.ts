import { cacheEvictions, type Clock, type Timer } from '@dataguardian/telemetry';
import { CoarseClock } from './coarse-clock.ts';
import { EntryMap } from './entry-map.ts';
import { hashKey } from './key-hash.ts';
import { MemoryEntry } from './memory-entry.ts';
import { TimerWheel } from './timer-wheel.ts';
import { mixForSample } from './sample.ts';
import { YoungCollector } from './young-collector.ts';
import { WindowChooser } from './window-chooser.ts';
import { type EvictionReason, OUTSIDE, WindowTinyLfu } from './window-tiny-lfu.ts';

/** The entries of one namespace. */
export interface MemorySpace {
  readonly name: string;
  readonly entries: EntryMap;
  bytes: number;
  /** Entries that left, by expiry or eviction. */
  readonly evictions: EvictionCounts;
  /** Those among them that nobody had read. */
  goneUnreadCount: number;
}

/** Bounds of the tier; an entry costs at least `maxBytes / maxEntries`, so that one sum keeps both. */
export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Why entries left: to make room, because their time was over, or as newcomers that were not admitted. */
export interface EvictionCounts {
  size: number;
  expired: number;
  rejected: number;
}

/** Who wants to see requests. It must be quick. */
export interface RequestWatcher {
  /**
   * Which keys it wants to see all requests of while something has to go: those with a mixed hash below that; asked once
   * a second, and after {@link MemoryTier.followWatcher}.
   */
  sampleLimit(entryCount: number): number;
  onSample(entry: MemoryEntry): void;
  /** Sees one request in a thousand. */
  onRequest(entry: MemoryEntry): void;
}

const SWEEP_MS = 1_000;
/** The watcher sees one request in that many, whatever its key. */
const WATCHED_REQUESTS = 1_024;
/** Entries looked at in one turn of the event loop. */
const SWEEP_LIMIT = 5_000;

/** Values in this process, bounded by bytes and entries together over all namespaces. */
export class MemoryTier {
  readonly evictions: EvictionCounts = { size: 0, expired: 0, rejected: 0 };
  private readonly clock: Clock;
  private readonly coarse: CoarseClock;
  private readonly policy: WindowTinyLfu<MemoryEntry>;
  private readonly wheel: TimerWheel<MemoryEntry>;
  private readonly sweeper: Timer;
  private readonly young = new YoungCollector();
  private bounds: MemoryBounds;
  private chooser: WindowChooser | undefined;
  private isChoosing = false;
  private evictedBefore = 0;
  private watcher: RequestWatcher | undefined;
  /** Requests of keys whose mixed hash is below that are of interest to somebody. */
  private sampleLimit = 0;
  private watchedLimit = 0;
  private requests = 0;
  /** Requests that put an entry in. */
  private newcomers = 0;
  private entryCount = 0;
  private byteCount = 0;
  /** Bytes of all values that were put in, but for newcomers that were not admitted. */
  private stayedBytes = 0;

  constructor(bounds: MemoryBounds, clock: Clock) {
    this.bounds = bounds;
    this.clock = clock;
    this.coarse = new CoarseClock(clock);
    this.policy = new WindowTinyLfu({
      capacity: bounds.maxBytes,
      expectedEntries: Math.min(bounds.maxEntries, 1024),
      onEvict: (entry, reason) => this.forget(entry, reason),
    });
    this.wheel = new TimerWheel(clock.monotonic());
    this.sweeper = clock.repeat(SWEEP_MS, () => {
      this.followPressure();
      this.sweep();
    });
  }

  get entries(): number {
    return this.entryCount;
  }

  get bytes(): number {
    return this.byteCount;
  }

  /** Reads that memory answered, and values that were put in because it could not. */
  get seen(): { readonly requests: number; readonly hits: number } {
    return { requests: this.requests, hits: this.requests - this.newcomers };
  }

  /** Lets somebody see requests; `undefined` ends that. */
  watch(watcher: RequestWatcher | undefined): void {
    this.watcher = watcher;
    this.followWatcher();
  }

  /** Asks the watcher anew what it wants to see. */
  followWatcher(): void {
    this.watchedLimit = this.watcher?.sampleLimit(this.entryCount) ?? 0;
    this.sampleLimit = Math.max(this.watchedLimit, this.chooser?.sampleLimit ?? 0);
  }

  get limits(): MemoryBounds {
    return this.bounds;
  }

  openSpace(name: string): MemorySpace {
    const evictions = { size: 0, expired: 0, rejected: 0 };
    return { name, entries: new EntryMap(), bytes: 0, evictions, goneUnreadCount: 0 };
  }

  /** Monotonic whole milliseconds, at most about one behind. */
  now(): number {
    return this.coarse.now();
  }

  /** Notes a read. */
  touch(entry: MemoryEntry): void {
    entry.readCount += 1;
    this.policy.touch(entry);
    this.note(entry);
  }

  /** The entry of `key`, new or to be overwritten; call {@link store} when it is filled. */
  prepare(space: MemorySpace, key: string): MemoryEntry {
    return space.entries.get(key) ?? new MemoryEntry(space, key, hashKey(key));
  }

  /** Takes in an entry, or notes that it has changed. It may be evicted at once. */
  store(entry: MemoryEntry, bytes: number): void {
    const cost = Math.max(bytes, Math.ceil(this.bounds.maxBytes / this.bounds.maxEntries));
    this.byteCount += bytes - entry.bytes;
    entry.space.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    entry.readCount = 0;
    entry.endsAt = entry.staleUntil;
    this.wheel.schedule(entry);
    if (entry.queue === OUTSIDE) {
      this.entryCount += 1;
      this.newcomers += 1;
      entry.space.entries.set(entry.key, entry);
      entry.cost = cost;
      this.policy.add(entry);
      this.note(entry);
    } else {
      this.policy.touch(entry);
      this.policy.setCost(entry, cost);
    }
    this.stayedBytes += bytes;
    this.young.follow(this.stayedBytes);
  }

  /** Removes an entry; does nothing when it is gone already. */
  remove(entry: MemoryEntry): void {
    if (entry.queue === OUTSIDE) return;
    this.policy.remove(entry);
    this.drop(entry);
  }

  clear(space: MemorySpace): void {
    for (const entry of space.entries.values()) this.remove(entry);
  }

  /** Changes the bounds while running. */
  resize(bounds: MemoryBounds): void {
    this.bounds = bounds;
    this.policy.setCapacity(bounds.maxBytes);
  }

  close(): void {
    this.sweeper.cancel();
    this.coarse.close();
  }

  /** The share of the tier that serves recency, 0..1; the rest goes by frequency. */
  get windowRatio(): number {
    return this.policy.windowRatio;
  }

  private note(entry: MemoryEntry): void {
    this.requests += 1;
    if (this.isChoosing && mixForSample(entry.hash) < this.sampleLimit) this.noteSampled(entry);
    if (this.requests % WATCHED_REQUESTS === 0) this.watcher?.onRequest(entry);
  }

  private noteSampled(entry: MemoryEntry): void {
    const ratio = this.chooser?.record(entry.hash);
    if (ratio !== undefined) this.policy.driftTo(ratio);
    // A watcher that wants nothing at present is not asked to refuse.
    if (this.watchedLimit > 0) this.watcher?.onSample(entry);
  }

  /** Choosing what stays matters only while something has to go. */
  private followPressure(): void {
    const evictedCount = this.evictions.size + this.evictions.rejected;
    this.isChoosing = evictedCount !== this.evictedBefore;
    this.evictedBefore = evictedCount;
    if (this.isChoosing) this.chooser?.resize(this.entryCount);
    this.followWatcher();
  }

  private sweep(): void {
    const isDone = this.wheel.advance(this.clock.monotonic(), SWEEP_LIMIT, (entry) => this.expire(entry));
    if (!isDone) this.clock.schedule(0, () => this.sweep());
  }

  private expire(entry: MemoryEntry): void {
    this.policy.remove(entry);
    this.forget(entry, 'expired');
  }

  private forget(entry: MemoryEntry, reason: EvictionReason | 'expired'): void {
    this.evictions[reason] += 1;
    if (reason === 'rejected') this.stayedBytes -= entry.bytes;
    entry.space.evictions[reason] += 1;
    if (entry.readCount === 0) entry.space.goneUnreadCount += 1;
    if (!this.isChoosing && reason !== 'expired') {
      this.isChoosing = true;
      this.chooser ??= new WindowChooser(this.entryCount);
      this.followWatcher();
    }
    this.drop(entry);
    if (cacheEvictions.hasSubscribers) cacheEvictions.publish({ namespace: entry.space.name, reason, count: 1 });
  }

  private drop(entry: MemoryEntry): void {
    this.wheel.remove(entry);
    entry.space.entries.delete(entry.key);
    entry.space.bytes -= entry.bytes;
    this.byteCount -= entry.bytes;
    this.entryCount -= 1;
    entry.bytes = 0;
  }
}
