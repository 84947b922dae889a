import { cacheReads, cacheWrites, type CacheOutcome } from '@dataguardian/telemetry';
import type { CacheNamespace, EntryOptions, Load, LoadContext, LoadOptions } from './cache.ts';
import { NamespaceCounters } from './counters.ts';
import { CacheError } from './errors.ts';
import { LocalCounters } from './local-counters.ts';
import { hashKey } from './memory/key-hash.ts';
import { NONE } from './memory/entry-rows.ts';
import { type EntryTable, hasCurrentTags } from './memory/entry-table.ts';
import type { MemorySpace } from './memory/memory-space.ts';
import type { MemoryTier } from './memory/memory-tier.ts';
import { type NamespaceContext, toNamespaceTag } from './namespace-context.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Coherence, RemoteRead, RemoteSpace } from './remote.ts';
import type { NamespaceStats } from './stats.ts';
import { ValueLoader } from './value-loader.ts';
import { type Accepted, ValueStore } from './value-store.ts';

/** One read in that many is timed. */
const TIMED_READS = 16;
const DONE: Promise<void> = Promise.resolve();

/** One namespace over both tiers. The face is described at {@link CacheNamespace}. */
export class TieredNamespace<Value> implements CacheNamespace<Value> {
  readonly name: string;
  readonly policy: ResolvedPolicy;
  readonly space: MemorySpace;
  readonly counters = new NamespaceCounters();
  private readonly context: NamespaceContext;
  private readonly remote: RemoteSpace | undefined;
  private readonly memory: MemoryTier;
  private readonly table: EntryTable;
  private readonly coherence: Coherence;
  private readonly values: ValueStore<Value>;
  private readonly loader: ValueLoader<Value>;
  private readonly localCounters: LocalCounters;
  private readonly reads = new Map<string, PendingRead<Value>>();
  private readonly batches = new Set<PendingBatch>();
  private timedReads = 0;

  constructor(
    name: string,
    policy: ResolvedPolicy,
    parts: { context: NamespaceContext; remote: RemoteSpace | undefined; space: MemorySpace },
  ) {
    this.name = name;
    this.policy = policy;
    this.context = parts.context;
    this.remote = policy.tiers === 'memory' ? undefined : parts.remote;
    this.memory = parts.context.memory;
    this.table = this.memory.table;
    this.coherence = parts.context.coherence;
    this.space = parts.space;
    this.localCounters = new LocalCounters(this.context.clock);
    this.values = new ValueStore(name, policy, { context: this.context, space: this.space, remote: this.remote });
    this.loader = new ValueLoader({
      ...parts,
      policy,
      remote: this.remote,
      values: this.values,
      counters: this.counters,
    });
  }

  peek(key: string): Value | undefined {
    const slot = this.findFresh(key);
    if (slot === NONE) return undefined;
    this.memory.touch(slot);
    this.counters.memoryHits += 1;
    if (cacheReads.hasSubscribers) this.publishRead(this.table.hash(slot), 'hit-memory', 0);
    return this.values.handOut(slot);
  }

  get(key: string): Promise<Value | undefined> {
    const slot = this.findFresh(key);
    if (slot !== NONE) return this.hit(slot);
    if (this.remote === undefined) {
      this.counters.misses += 1;
      if (cacheReads.hasSubscribers) this.publishRead(hashKey(key), 'miss', 0);
      return Promise.resolve(undefined);
    }
    return this.readRemote(this.remote, key);
  }

  getMany(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const { remote } = this;
    if (remote === undefined) return Promise.all(keys.map((key) => this.get(key)));
    if (!this.values.isInMemory && this.space.bytes === 0) return this.readMany(remote, keys);
    const found: (Value | undefined)[] = [];
    const missing: string[] = [];
    const places: number[] = [];
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const value = this.peek(key);
      found.push(value);
      if (value !== undefined) continue;
      missing.push(key);
      places.push(index);
    }
    if (missing.length === 0) return Promise.resolve(found);
    return this.readMany(remote, missing).then((values) => {
      for (const [index, value] of values.entries()) found[places[index] as number] = value;
      return found;
    });
  }

  async has(key: string): Promise<boolean> {
    if (this.findFresh(key) !== NONE) return true;
    return (await this.get(key)) !== undefined;
  }

  set(key: string, value: Value, entry?: EntryOptions): Promise<void> {
    try {
      this.supersede(key);
      this.counters.writes += 1;
      const written = this.values.write(key, value, entry);
      if (typeof written !== 'number') return written.then((bytes) => this.publishSet(bytes));
      this.publishSet(written);
      return DONE;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async setMany(entries: Iterable<readonly [string, Value]>, entry?: EntryOptions): Promise<void> {
    await Promise.all([...entries].map(([key, value]) => this.set(key, value, entry)));
  }

  getOrSet(key: string, load: Load<Value>, options?: LoadOptions): Promise<Value> {
    if (options?.refresh === undefined) {
      const slot = this.findFresh(key);
      if (slot !== NONE) {
        const isDue = this.table.refreshAt(slot) <= this.memory.now();
        const value = this.hit(slot);
        // The load may begin at once, and change what lies in the slot.
        if (isDue) this.loader.refresh(key, load, options);
        return value;
      }
    }
    return this.loader.load(key, load, options);
  }

  async getOrSetMany(
    keys: readonly string[],
    load: (missing: readonly string[], context: Pick<LoadContext, 'signal'>) => Promise<readonly Value[]>,
    options?: LoadOptions,
  ): Promise<Value[]> {
    const batch = new Map<string, (outcome: Promise<Value>) => void>();
    let isScheduled = false;
    const runBatch = (signal: AbortSignal): void => {
      const waiting = [...batch];
      batch.clear();
      isScheduled = false;
      const loaded = Promise.resolve(
        load(
          waiting.map(([key]) => key),
          { signal },
        ),
      );
      for (const [index, [key, resolve]] of waiting.entries()) {
        resolve(
          loaded.then((values) => {
            if (index < values.length) return values[index] as Value;
            throw new CacheError(
              'CACHE_VALUE_UNSUPPORTED',
              `the load returned no value for ${waiting.length - index} keys, among them number ${index} of ${key.length} characters`,
            );
          }),
        );
      }
    };
    // Misses that turn up within a moment of each other share one load.
    const loadOne =
      (key: string): Load<Value> =>
      ({ signal }) =>
        new Promise<Value>((resolve) => {
          batch.set(key, resolve);
          if (isScheduled) return;
          isScheduled = true;
          setImmediate(runBatch, signal);
        });
    return Promise.all(keys.map((key) => this.getOrSet(key, loadOne(key), options)));
  }

  delete(key: string): Promise<void> {
    return this.deleteMany([key]);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.invalidateLocally(key);
    this.counters.invalidations += keys.length;
    await this.remote?.remove(keys);
    if (cacheWrites.hasSubscribers)
      cacheWrites.publish({ namespace: this.name, kind: 'delete', keyCount: keys.length, bytes: 0 });
  }

  invalidateTags(tags: readonly string[]): Promise<void> {
    return this.context.invalidateTags(tags);
  }

  async clear(): Promise<void> {
    this.counters.invalidations += 1;
    this.memory.clear(this.space);
    this.loader.supersedeAll();
    this.localCounters.clear();
    await this.context.invalidateTags([toNamespaceTag(this.name)]);
    if (cacheWrites.hasSubscribers) cacheWrites.publish({ namespace: this.name, kind: 'clear', keyCount: 0, bytes: 0 });
  }

  async increment(key: string, options: { readonly by?: number; readonly ttlMs?: number } = {}): Promise<number> {
    const { by = 1, ttlMs = this.policy.ttlMs } = options;
    const count = await this.remote?.increment(key, by, ttlMs);
    return count ?? this.localCounters.increment(key, by, ttlMs);
  }

  async expire(key: string, ttlMs: number): Promise<boolean> {
    const slot = this.findFresh(key);
    const isInMemory = slot !== NONE;
    if (isInMemory) this.values.shorten(slot, ttlMs);
    const isRemote = await this.remote?.expire(key, ttlMs, this.policy.graceMs);
    return isRemote ?? isInMemory;
  }

  /** Another process changed the key: what memory holds, or is about to hold, is out of date. */
  invalidateLocally(key: string): void {
    this.supersede(key);
    this.values.forget(key);
  }

  stats(): NamespaceStats {
    return this.counters.snapshot(this.space, this.remote);
  }

  /** The slot of the entry when it may be served as it is. */
  private findFresh(key: string): number {
    const { table } = this;
    const slot = this.space.entries.get(key);
    if (slot === NONE || table.freshUntil(slot) <= this.memory.now()) return NONE;
    const stamp = table.stamp(slot);
    return stamp.epoch === this.coherence.epoch && hasCurrentTags(stamp) ? slot : NONE;
  }

  private hit(slot: number): Promise<Value> {
    const { table } = this;
    this.memory.touch(slot);
    this.counters.memoryHits += 1;
    if (cacheReads.hasSubscribers) this.publishRead(table.hash(slot), 'hit-memory', 0);
    // Entries of this space hold values of this namespace.
    const known = table.knownPromise(slot) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    if (table.isCopied(slot)) return Promise.resolve(this.values.handOut(slot));
    return table.promise(slot) as Promise<Value>;
  }

  private readRemote(remote: RemoteSpace, key: string): Promise<Value | undefined> {
    const joined = this.reads.get(key);
    if (joined?.promise !== undefined) return joined.promise;
    const startedAt = this.startTiming();
    const guard = { isDirty: false };
    const { epoch } = this.coherence;
    const finish = (read: RemoteRead, found: Accepted<Value>): Value | undefined => {
      if (this.reads.get(key) === pending) this.reads.delete(key);
      pending.promise = undefined;
      const durationMs = startedAt === 0 ? 0 : this.context.clock.monotonic() - startedAt;
      this.countRemote(key, read.kind, { isHit: found?.fresh !== undefined, durationMs });
      return found?.fresh;
    };
    const promise = remote.read(key, this.values.knownVersion(key)).then((read) => {
      const found = this.values.accept(key, read, { epoch, isDirty: () => guard.isDirty });
      return found instanceof Promise ? found.then((accepted) => finish(read, accepted)) : finish(read, found);
    });
    const pending: PendingRead<Value> = { guard, promise };
    this.reads.set(key, pending);
    return promise;
  }

  private async readMany(remote: RemoteSpace, keys: readonly string[]): Promise<(Value | undefined)[]> {
    const startedAt = this.startTiming();
    const batch = { keys, isDirty: false };
    this.batches.add(batch);
    const { epoch } = this.coherence;
    const { clock } = this.context;
    const isDirty = (): boolean => batch.isDirty;
    try {
      const own = this.values.ownState;
      const check = this.values.isInMemory ? undefined : { now: () => clock.now(), own };
      const { values, others } = await remote.readMany(keys, (key) => this.values.knownVersion(key), check);
      const durationMs = startedAt === 0 ? 0 : clock.monotonic() - startedAt;
      const guard = { epoch, isDirty, now: clock.now(), own: this.values.ownState };
      for (const { index, read: maybeRead } of others) {
        const key = keys[index] as string;
        const read = maybeRead instanceof Promise ? await maybeRead : maybeRead;
        const accepting = this.values.accept(key, read, guard);
        const accepted = accepting instanceof Promise ? await accepting : accepting;
        values[index] = accepted?.fresh;
        this.countRemote(key, read.kind, { isHit: accepted?.fresh !== undefined, durationMs });
      }
      this.countPlainHits(keys, others, durationMs);
      // Records of this namespace are written by it alone.
      return values as (Value | undefined)[];
    } finally {
      this.batches.delete(batch);
    }
  }

  /** The time, for one read in so many; 0 for the others, because the clock costs more than the counting. */
  private startTiming(): number {
    this.timedReads += 1;
    return this.timedReads % TIMED_READS === 0 || cacheReads.hasSubscribers ? this.context.clock.monotonic() : 0;
  }

  private countRemote(key: string, kind: RemoteRead['kind'], seen: { isHit: boolean; durationMs: number }): void {
    const { isHit, durationMs } = seen;
    if (durationMs !== 0 && kind !== 'away') this.counters.redisMs.record(durationMs);
    if (isHit) this.counters.redisHits += 1;
    else this.counters.misses += 1;
    if (!cacheReads.hasSubscribers) return;
    this.publishRead(hashKey(key), isHit ? 'hit-redis' : 'miss', durationMs);
  }

  /** Counts those of a batch that needed no closer look. */
  private countPlainHits(
    keys: readonly string[],
    others: readonly { readonly index: number }[],
    durationMs: number,
  ): void {
    const hitCount = keys.length - others.length;
    if (durationMs === 0 && !cacheReads.hasSubscribers) {
      this.counters.redisHits += hitCount;
      return;
    }
    const counted = new Set(others.map(({ index }) => index));
    for (const [index, key] of keys.entries())
      if (!counted.has(index)) this.countRemote(key, 'value', { isHit: true, durationMs });
  }

  private supersede(key: string): void {
    const read = this.reads.get(key);
    if (read !== undefined) {
      read.guard.isDirty = true;
      this.reads.delete(key);
    }
    for (const batch of this.batches) if (!batch.isDirty && batch.keys.includes(key)) batch.isDirty = true;
    this.loader.supersede(key);
  }

  private publishSet(bytes: number): void {
    if (cacheWrites.hasSubscribers) cacheWrites.publish({ namespace: this.name, kind: 'set', keyCount: 1, bytes });
  }

  private publishRead(keyHash: number, outcome: CacheOutcome, durationMs: number): void {
    cacheReads.publish({ namespace: this.name, outcome, keyHash: keyHash >>> 0, durationMs });
  }
}

/** A read of Redis that is under way. */
interface PendingRead<Value> {
  readonly guard: { isDirty: boolean };
  /** Gone when it is over; as with {@link LoadFlight.land}, what the table of reads leaves behind must not hold values. */
  promise: Promise<Value | undefined> | undefined;
}

/** A read of many keys that is under way. A change of any of them keeps all of its values out of memory. */
interface PendingBatch {
  readonly keys: readonly string[];
  isDirty: boolean;
}
