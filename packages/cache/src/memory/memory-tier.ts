import { cacheEvictions, type Clock, type Timer } from '@dataguardian/telemetry';
import { CoarseClock } from './coarse-clock.ts';
import { EntryMap } from './entry-map.ts';
import { NONE } from './entry-rows.ts';
import { EntryTable, type NewEntry } from './entry-table.ts';
import { hashKey } from './key-hash.ts';
import { MarkingWatch } from './marking-watch.ts';
import type { EvictionCounts, MemorySpace } from './memory-space.ts';
import { TimerWheel } from './timer-wheel.ts';
import { mixForSample } from './sample.ts';
import { YoungCollector } from './young-collector.ts';
import { WindowChooser } from './window-chooser.ts';
import { type EvictionReason, WindowTinyLfu } from './window-tiny-lfu.ts';

/** Bounds of the tier; an entry costs at least `maxBytes / maxEntries`, so that one sum keeps both. */
export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Who wants to see requests. It must be quick. */
export interface RequestWatcher {
  /**
   * Which keys it wants to see all requests of while something has to go: those with a mixed hash below that; asked once
   * a second, and after {@link MemoryTier.followWatcher}.
   */
  sampleLimit(entryCount: number): number;
  onSample(hash: number): void;
  /** Sees one request in a thousand. */
  onRequest(namespace: string, key: string): void;
}

const SWEEP_MS = 1_000;
/** The watcher sees one request in that many, whatever its key. */
const WATCHED_REQUESTS = 1_024;
/** Entries looked at in one turn of the event loop. */
const SWEEP_LIMIT = 5_000;

/** Values in this process, bounded by bytes and entries together over all namespaces. */
export class MemoryTier {
  readonly evictions: EvictionCounts = { size: 0, expired: 0, rejected: 0 };
  /** What is kept of each value. */
  readonly table: EntryTable;
  private readonly clock: Clock;
  private readonly coarse: CoarseClock;
  private readonly policy: WindowTinyLfu;
  private readonly wheel: TimerWheel;
  private readonly sweeper: Timer;
  private readonly marking = new MarkingWatch();
  private readonly young = new YoungCollector(this.marking);
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
  private spaceCount = 0;
  private byteCount = 0;
  /** Bytes on the heap of all values that were put in, but for newcomers that were not admitted. */
  private stayedBytes = 0;

  constructor(bounds: MemoryBounds, clock: Clock) {
    this.bounds = bounds;
    this.clock = clock;
    this.table = new EntryTable(bounds.maxBytes);
    this.coarse = new CoarseClock(clock);
    this.policy = new WindowTinyLfu({
      rows: this.table.rows,
      capacity: bounds.maxBytes,
      expectedEntries: Math.min(bounds.maxEntries, 1024),
      onEvict: (slot, reason) => this.forget(slot, reason),
    });
    this.wheel = new TimerWheel(this.table.rows, clock.monotonic());
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
    const id = this.spaceCount++;
    const space = { id, name, entries: new EntryMap(), bytes: 0, evictions, goneUnreadCount: 0 };
    this.table.addSpace(space);
    return space;
  }

  /** Monotonic whole milliseconds, at most about one behind. */
  now(): number {
    return this.coarse.now();
  }

  /** Notes a read. */
  touch(slot: number): void {
    const { table } = this;
    const hash = table.noteRead(slot);
    this.policy.touch(slot);
    if (this.note(hash)) this.watcher?.onRequest(table.space(slot).name, table.key(slot));
  }

  /** Puts a value in, or in the place of another. It may be evicted at once. */
  put(space: MemorySpace, key: string, entry: NewEntry & { readonly bytes: number }): void {
    const known = space.entries.get(key);
    const hash = known === NONE ? hashKey(key) : 0;
    const slot = known === NONE ? this.table.take(space, key, hash) : known;
    this.table.fill(slot, entry);
    this.count(slot, entry.bytes);
    // Before the policy has its say, which may be that the entry leaves.
    const heapBytes = this.table.heapBytes(slot);
    const cost = Math.max(entry.bytes, Math.ceil(this.bounds.maxBytes / this.bounds.maxEntries));
    this.wheel.schedule(slot);
    if (known === NONE) {
      this.entryCount += 1;
      this.newcomers += 1;
      space.entries.add(key, slot);
      this.table.setCost(slot, cost);
      this.policy.add(slot);
      if (this.note(hash)) this.watcher?.onRequest(space.name, key);
    } else {
      this.policy.touch(slot);
      this.policy.setCost(slot, cost);
    }
    this.stayedBytes += heapBytes;
    this.young.follow(this.stayedBytes);
  }

  /** Gives an entry new times. */
  reschedule(slot: number, times: Pick<NewEntry, 'freshUntil' | 'staleUntil' | 'refreshLeadMs'>): void {
    this.table.setTimes(slot, times);
    this.wheel.schedule(slot);
    this.policy.touch(slot);
  }

  /** Removes an entry. */
  remove(slot: number): void {
    this.policy.remove(slot);
    this.drop(slot);
  }

  clear(space: MemorySpace): void {
    for (const slot of space.entries.values()) this.remove(slot);
  }

  /** Changes the bounds while running. */
  resize(bounds: MemoryBounds): void {
    this.bounds = bounds;
    this.policy.setCapacity(bounds.maxBytes);
  }

  close(): void {
    this.sweeper.cancel();
    this.coarse.close();
    this.marking.close();
  }

  /** The share of the tier that serves recency, 0..1; the rest goes by frequency. */
  get windowRatio(): number {
    return this.policy.windowRatio;
  }

  private count(slot: number, bytes: number): void {
    const change = bytes - this.table.bytes(slot);
    this.byteCount += change;
    this.table.space(slot).bytes += change;
    this.table.setBytes(slot, bytes);
  }

  /** Counts a request; returns whether it is one that is watched whatever its key. */
  private note(hash: number): boolean {
    this.requests += 1;
    if (this.isChoosing && mixForSample(hash) < this.sampleLimit) this.noteSampled(hash);
    return this.requests % WATCHED_REQUESTS === 0;
  }

  private noteSampled(hash: number): void {
    const ratio = this.chooser?.record(hash);
    if (ratio !== undefined) this.policy.driftTo(ratio);
    // A watcher that wants nothing at present is not asked to refuse.
    if (this.watchedLimit > 0) this.watcher?.onSample(hash);
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
    const isDone = this.wheel.advance(this.clock.monotonic(), SWEEP_LIMIT, (slot) => this.expire(slot));
    if (!isDone) this.clock.schedule(0, () => this.sweep());
  }

  private expire(slot: number): void {
    this.policy.remove(slot);
    this.forget(slot, 'expired');
  }

  private forget(slot: number, reason: EvictionReason | 'expired'): void {
    const space = this.table.space(slot);
    this.evictions[reason] += 1;
    if (reason === 'rejected') this.stayedBytes -= this.table.heapBytes(slot);
    space.evictions[reason] += 1;
    if (!this.table.wasRead(slot)) space.goneUnreadCount += 1;
    if (!this.isChoosing && reason !== 'expired') {
      this.isChoosing = true;
      this.chooser ??= new WindowChooser(this.entryCount);
      this.followWatcher();
    }
    this.drop(slot);
    if (cacheEvictions.hasSubscribers) cacheEvictions.publish({ namespace: space.name, reason, count: 1 });
  }

  private drop(slot: number): void {
    this.wheel.remove(slot);
    this.table.space(slot).entries.delete(this.table.key(slot));
    this.count(slot, 0);
    this.entryCount -= 1;
    this.table.release(slot);
  }
}
