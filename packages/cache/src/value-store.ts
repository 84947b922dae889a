import type { EntryOptions } from './cache.ts';
import { MAX_TAGS } from './codec/record-front.ts';
import { CacheError } from './errors.ts';
import { type AdmittedValue, admitValue, sizeOfText } from './memory/admission.ts';
import { NONE } from './memory/entry-rows.ts';
import type { ValueStamp } from './memory/entry-table.ts';
import type { MemorySpace } from './memory/memory-space.ts';
import { type NamespaceContext, toNamespaceTag, toTagStates } from './namespace-context.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { NewRecord, RemoteRead, RemoteRecord, RemoteSpace } from './remote.ts';
import type { TagState } from './tag-table.ts';

/** Bookkeeping per entry beside its value and key, measured: its row and columns, its place in the map, its promise. */
const ENTRY_BYTES = 272;
/** A larger value stays out of memory: its size would not fit into its row. */
const MAX_ENTRY_BYTES = 2 ** 31 - 1;

/** What is known when a value is put into memory. */
export interface StoredValue<Value> {
  readonly value: Value;
  /** What looking through the value found, when that was done already. */
  readonly admitted?: AdmittedValue;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly loadMs: number;
  readonly tags: readonly TagState[];
  readonly tagVersions: readonly number[];
  readonly epoch: number;
  readonly version: string;
  /** For how long it may be believed at most. @defaultValue as coherence says */
  readonly trustMs?: number;
}

/** A value that was looked through already. */
interface AdmittedStoredValue<Value> extends StoredValue<Value> {
  readonly admitted: AdmittedValue;
}

/** A value found in Redis: fresh, or only good as a stand-in. */
export interface AcceptedValue<Value> {
  readonly fresh: Value | undefined;
  readonly stale: Value | undefined;
}

/** `undefined`: nothing that may be served. */
export type Accepted<Value> = AcceptedValue<Value> | undefined;

/** What must still hold when a read comes back, for its value to enter memory. */
export interface ReadGuard {
  readonly epoch: number;
  readonly isDirty: () => boolean;
  /** The wall clock, when the caller has read it already. */
  readonly now?: number;
  /** The namespace's own tag, when the caller has looked it up already. */
  readonly own?: TagState;
}

/** Puts values of one namespace into the tiers, and hands them out safely. */
export class ValueStore<Value> {
  private readonly name: string;
  private readonly policy: ResolvedPolicy;
  private readonly context: NamespaceContext;
  private readonly space: MemorySpace;
  private readonly remote: RemoteSpace | undefined;
  private readonly ownTag: string;
  private ownStates: readonly TagState[] = [];
  private plainTags: readonly TagState[] = [];
  private plainVersions: readonly number[] = [];
  /** What the last value was stamped with; nearly all of a namespace carry the same. */
  private lastStamp: ValueStamp = { tags: [], tagVersions: [], epoch: 0 };
  /** The last write of each key that was sent and not answered. */
  private readonly writes = new Map<string, object>();

  constructor(
    name: string,
    policy: ResolvedPolicy,
    parts: { context: NamespaceContext; space: MemorySpace; remote: RemoteSpace | undefined },
  ) {
    this.name = name;
    this.policy = policy;
    this.context = parts.context;
    this.space = parts.space;
    this.remote = parts.remote;
    this.ownTag = toNamespaceTag(name);
  }

  /** Whether this namespace keeps values in memory; without Redis every one does. */
  get isInMemory(): boolean {
    return this.policy.tiers !== 'redis' || this.remote === undefined;
  }

  /** The tag that all values of this namespace carry. */
  get ownState(): TagState {
    return this.context.tags.get(this.ownTag);
  }

  /** The tags that a value stored with `entry` carries; the same array for all that carry no tags of their own. */
  tagsOf(entry: EntryOptions | undefined): readonly TagState[] {
    const { tags } = this.context;
    if (entry?.tags !== undefined && entry.tags.length > 0) {
      const states = toTagStates(tags, this.name, [...this.policy.tags, ...entry.tags]);
      // A tag that was left out could no longer make the value invalid.
      if (states.length > MAX_TAGS)
        throw new CacheError('CACHE_OPTIONS_INVALID', `a value carries ${MAX_TAGS - 1} tags at most`);
      return states;
    }
    // A tag table that was full may have forgotten a tag and made it anew.
    if (this.plainTags.length === 0 || this.plainTags.some((tag) => tags.peek(tag.name) !== tag))
      this.plainTags = toTagStates(tags, this.name, this.policy.tags);
    return this.plainTags;
  }

  /** The present versions of tags; the same array as before while nothing has changed. */
  versionsOf(tags: readonly TagState[]): readonly number[] {
    if (tags !== this.plainTags) return tags.map(({ version }) => version);
    const { plainVersions } = this;
    if (plainVersions.length === tags.length && tags.every(({ version }, index) => version === plainVersions[index]))
      return plainVersions;
    this.plainVersions = tags.map(({ version }) => version);
    return this.plainVersions;
  }

  /** The ttl with its jitter, in milliseconds. */
  spread(ttlMs: number): number {
    const { jitterRatio } = this.policy;
    return jitterRatio === 0 ? ttlMs : ttlMs * (1 + (this.context.random() * 2 - 1) * jitterRatio);
  }

  handOut(slot: number): Value {
    const { table } = this.context.memory;
    // Entries of a space hold values of its namespace.
    const value = table.value(slot) as Value;
    return table.isCopied(slot) ? structuredClone(value) : value;
  }

  /**
   * Looks through a value: its size, and whether it may be shared.
   * @throws CacheError CACHE_VALUE_UNSUPPORTED when it is not plain data.
   */
  admit(value: Value): AdmittedValue {
    return admitValue(value, { freeze: this.policy.handOut === 'frozen' });
  }

  /**
   * Stores a value in both tiers. Gives its estimated size; at once where there is nothing to wait for, because what
   * waits is looked through by the engine's collections.
   * @throws CacheError CACHE_VALUE_UNSUPPORTED when the value is not plain data.
   */
  write(key: string, value: Value, entry: EntryOptions | undefined): number | Promise<number> {
    const admitted = this.admit(value);
    const tags = this.tagsOf(entry);
    const { coherence } = this.context;
    const stored = {
      value,
      admitted,
      ttlMs: this.spread(entry?.ttlMs ?? (value === null ? this.policy.negativeTtlMs : this.policy.ttlMs)),
      graceMs: entry?.graceMs ?? this.policy.graceMs,
      loadMs: 0,
      tags,
      tagVersions: this.versionsOf(tags),
      epoch: coherence.epoch,
      version: '',
    };
    const learning = coherence.learnTags(tags);
    if (learning === undefined) return this.send(key, stored);
    return learning.then(() => this.send(key, { ...stored, tagVersions: this.versionsOf(tags) }));
  }

  private send(key: string, stored: AdmittedStoredValue<Value>): number | Promise<number> {
    if (this.remote !== undefined) return this.sendTo(this.remote, key, stored);
    this.remember(key, stored);
    return stored.admitted.bytes;
  }

  private async sendTo(remote: RemoteSpace, key: string, stored: AdmittedStoredValue<Value>): Promise<number> {
    const token = {};
    const commit = await remote.write(key, this.toRecord(stored), () => void this.writes.set(key, token));
    const isLatest = this.writes.get(key) === token;
    if (isLatest) this.writes.delete(key);
    // While Redis is away memory serves alone; a late reply leaves the truth with Redis.
    const isAlone = commit.kind === 'away' && Number.isFinite(this.context.coherence.trustMs);
    if (isLatest && commit.kind === 'refused')
      this.remember(key, { ...stored, trustMs: this.context.coherence.untoldMs });
    else if (isLatest && (isAlone || (commit.kind === 'stored' && this.isInMemory)))
      this.remember(key, { ...stored, version: commit.kind === 'stored' ? commit.version : '' });
    else this.forget(key);
    return stored.admitted.bytes;
  }

  /** Drops what memory has of a key. */
  forget(key: string): void {
    const slot = this.space.entries.get(key);
    if (slot !== NONE) this.context.memory.remove(slot);
  }

  /** Puts a value into memory, bounded by what may be believed; a too large one is left out. */
  remember(key: string, stored: StoredValue<Value>): void {
    const { memory, coherence } = this.context;
    const admitted = stored.admitted ?? this.admit(stored.value);
    const bytes = admitted.bytes + ENTRY_BYTES + sizeOfText(key);
    const maxBytes = this.policy.maxValueBytes ?? memory.limits.maxBytes / 8;
    if (bytes > Math.min(maxBytes, MAX_ENTRY_BYTES)) {
      this.forget(key);
      return;
    }
    const now = memory.now();
    const trustedMs = Math.min(stored.ttlMs, stored.trustMs ?? coherence.trustMs);
    const isCopied = admitted.isMutable || this.policy.handOut === 'copied';
    memory.put(this.space, key, {
      value: isCopied ? structuredClone(stored.value) : stored.value,
      isCopied,
      bytes,
      freshUntil: Math.ceil(now + trustedMs),
      staleUntil: Math.ceil(now + stored.ttlMs + stored.graceMs),
      refreshLeadMs: this.toRefreshLead(trustedMs, stored.loadMs),
      stamp: this.stamp(stored),
      version: stored.version,
    });
  }

  private stamp({ tags, tagVersions, epoch }: ValueStamp): ValueStamp {
    const last = this.lastStamp;
    if (last.tags === tags && last.tagVersions === tagVersions && last.epoch === epoch) return last;
    const isEqual =
      last.epoch === epoch &&
      last.tags.length === tags.length &&
      tags.every((tag, index) => last.tags[index] === tag && last.tagVersions[index] === tagVersions[index]);
    if (!isEqual) this.lastStamp = { tags, tagVersions, epoch };
    return this.lastStamp;
  }

  /** The version of the record that memory has of a key, to be told when Redis has the same. */
  knownVersion(key: string): string | undefined {
    if (!this.isInMemory) return undefined;
    const slot = this.space.entries.get(key);
    const version = slot === NONE ? '' : this.context.memory.table.version(slot);
    return version === '' ? undefined : version;
  }

  /**
   * Takes what a read found: puts it into memory when it is current and nothing changed meanwhile.
   * A promise only when the version of a tag has to be asked for first.
   */
  accept(key: string, read: RemoteRead, guard: ReadGuard): Accepted<Value> | Promise<Accepted<Value>> {
    if (read.kind !== 'value' && read.kind !== 'unchanged') return undefined;
    const { record } = read;
    const now = guard.now ?? this.context.clock.now();
    if (record.staleUntil <= now) return undefined;
    if (read.kind === 'value' && record.freshUntil > now && !this.isInMemory) {
      const own = guard.own ?? this.ownState;
      // Records of this namespace are written by it alone.
      if (own.version === record.ownVersion) return { fresh: record.value as Value, stale: undefined };
    }
    const tags = this.toStates(record.tags);
    const isUnchanged = read.kind === 'unchanged';
    const slot = isUnchanged ? this.space.entries.get(key) : NONE;
    if (isUnchanged && slot === NONE) return undefined;
    // Records of this namespace are written by it alone.
    const value = slot === NONE ? (record.value as Value) : this.handOut(slot);
    // Memory has got another value since Redis was asked whether it has this one.
    const isOvertaken = slot !== NONE && this.context.memory.table.version(slot) !== record.version;
    const learning = this.context.coherence.learnTags(tags);
    if (learning === undefined) return this.take(key, { record, tags, value, isUnchanged, isOvertaken }, guard);
    return learning.then(() => this.take(key, { record, tags, value, isUnchanged, isOvertaken }, guard));
  }

  /** What is known of a record's tags; nearly all records carry their namespace's own and no other. */
  private toStates(tags: RemoteRecord['tags']): readonly TagState[] {
    const own = this.ownState;
    if (tags.length === 1 && tags[0]?.[0] === '') {
      if (this.ownStates[0] !== own) this.ownStates = [own];
      return this.ownStates;
    }
    return tags.map(([name]) => (name === '' ? own : this.context.tags.get(name)));
  }

  private take(
    key: string,
    seen: {
      readonly record: RemoteRecord;
      readonly tags: readonly TagState[];
      readonly value: Value;
      readonly isUnchanged: boolean;
      readonly isOvertaken: boolean;
    },
    guard: ReadGuard,
  ): Accepted<Value> {
    const { record, tags, value } = seen;
    const { memory } = this.context;
    const versions = record.tags;
    for (let index = 0; index < tags.length; index++)
      if (tags[index]?.version !== versions[index]?.[1]) return undefined;
    const now = guard.now ?? this.context.clock.now();
    if (record.freshUntil <= now) return { fresh: undefined, stale: value };
    if (!this.isInMemory || seen.isOvertaken || guard.isDirty()) return { fresh: value, stale: undefined };
    const stamp = {
      tags,
      tagVersions: tags === this.plainTags ? this.versionsOf(tags) : tags.map(({ version }) => version),
      epoch: guard.epoch,
    };
    const slot = seen.isUnchanged ? this.space.entries.get(key) : NONE;
    if (slot !== NONE && memory.table.version(slot) === record.version)
      memory.table.confirm(slot, this.stamp(stamp), Math.ceil(memory.now() + (record.freshUntil - now)));
    else
      this.remember(key, {
        value,
        ttlMs: record.freshUntil - now,
        graceMs: record.staleUntil - record.freshUntil,
        loadMs: record.loadMs,
        ...stamp,
        version: record.version,
      });
    return { fresh: value, stale: undefined };
  }

  toRecord(stored: Omit<StoredValue<Value>, 'version'>): NewRecord {
    const now = this.context.clock.now();
    return {
      value: stored.value,
      freshUntil: now + stored.ttlMs,
      staleUntil: now + stored.ttlMs + stored.graceMs,
      loadMs: stored.loadMs,
      // The first tag is the namespace's own: its name goes without saying.
      tags: stored.tags.map(
        (tag, index) => [index === 0 ? '' : tag.name, stored.tagVersions[index] as number] as const,
      ),
      ...(stored.admitted === undefined ? {} : { admitted: stored.admitted }),
    };
  }

  /** Gives an entry a new remaining ttl. */
  shorten(slot: number, ttlMs: number): void {
    const now = this.context.memory.now();
    const freshUntil = Math.ceil(now + ttlMs);
    const staleUntil = Math.ceil(now + ttlMs + this.policy.graceMs);
    this.context.memory.reschedule(slot, { freshUntil, staleUntil, refreshLeadMs: 0 });
  }

  /** Keeps a write that is under way from filling memory: the key has changed again. */
  supersede(key: string): void {
    this.writes.delete(key);
  }

  /**
   * When a hit should refresh in advance. Vattani, Chierichetti, Lowenstein, Optimal Probabilistic Cache Stampede
   * Prevention, VLDB 2015: the end minus loadMs x ratio x -ln(random). Drawn once per fill instead of at each read,
   * so that a hit costs one comparison.
   */
  private toRefreshLead(ttlMs: number, loadMs: number): number {
    const { earlyRefreshRatio } = this.policy;
    if (earlyRefreshRatio === 0 || loadMs === 0) return 0;
    const leadMs = loadMs * earlyRefreshRatio * -Math.log(1 - this.context.random());
    return Math.floor(Math.min(leadMs, ttlMs / 2));
  }
}
