import type { EntryOptions } from './cache.ts';
import { admitValue } from './memory/admission.ts';
import type { MemoryEntry } from './memory/memory-entry.ts';
import type { MemorySpace } from './memory/memory-tier.ts';
import { type NamespaceContext, toTagStates } from './namespace-context.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { NewRecord, RemoteRead, RemoteRecord, RemoteSpace } from './remote.ts';
import type { TagState } from './tag-table.ts';

/** Bookkeeping per entry beside its value: the entry object, its key, its place in the map. */
const ENTRY_BYTES = 400;

/** What is known when a value is put into memory. */
export interface StoredValue<Value> {
  readonly value: Value;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly loadMs: number;
  readonly tags: readonly TagState[];
  readonly tagVersions: readonly number[];
  readonly epoch: number;
  readonly version: string;
}

/** A value found in Redis: fresh, or only good as a stand-in. */
export interface AcceptedValue<Value> {
  readonly fresh: Value | undefined;
  readonly stale: Value | undefined;
}

/** Puts values of one namespace into the tiers, and hands them out safely. */
export class ValueStore<Value> {
  private readonly name: string;
  private readonly policy: ResolvedPolicy;
  private readonly context: NamespaceContext;
  private readonly space: MemorySpace;
  private readonly remote: RemoteSpace | undefined;

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
  }

  /** The tags that a value stored with `entry` carries. */
  tagsOf(entry: EntryOptions | undefined): readonly TagState[] {
    return toTagStates(this.context.tags, this.name, [...this.policy.tags, ...(entry?.tags ?? [])]);
  }

  /** The ttl with its jitter, in milliseconds. */
  spread(ttlMs: number): number {
    const { jitterRatio } = this.policy;
    return jitterRatio === 0 ? ttlMs : ttlMs * (1 + (this.context.random() * 2 - 1) * jitterRatio);
  }

  handOut(entry: MemoryEntry): Value {
    // Entries of a space hold values of its namespace.
    const value = entry.value as Value;
    return entry.isCopied ? structuredClone(value) : value;
  }

  /** Stores a value in both tiers; returns its estimated size. */
  async write(key: string, value: Value, entry: EntryOptions | undefined): Promise<number> {
    const admitted = admitValue(value, { freeze: this.policy.handOut === 'frozen' });
    const tags = this.tagsOf(entry);
    const { epoch } = this.context.coherence;
    const learning = this.context.coherence.learnTags(tags);
    if (learning !== undefined) await learning;
    const ttlMs = this.spread(entry?.ttlMs ?? (value === null ? this.policy.negativeTtlMs : this.policy.ttlMs));
    const graceMs = entry?.graceMs ?? this.policy.graceMs;
    const stored = { value, ttlMs, graceMs, loadMs: 0, tags, tagVersions: tags.map((tag) => tag.version), epoch };
    if (this.remote === undefined) {
      this.remember(key, { ...stored, version: '' });
      return admitted.bytes;
    }
    const token = this.beginWrite(key);
    const commit = await this.remote.write(key, this.toRecord(stored));
    if (commit.kind === 'superseded' || !this.endWrite(key, token)) return admitted.bytes;
    this.remember(key, { ...stored, version: commit.kind === 'stored' ? commit.version : '' });
    return admitted.bytes;
  }

  /** Puts a value into memory, bounded by what may be believed; a too large one is left out. */
  remember(key: string, stored: StoredValue<Value>): void {
    const { memory, coherence } = this.context;
    const admitted = admitValue(stored.value, { freeze: this.policy.handOut === 'frozen' });
    const bytes = admitted.bytes + ENTRY_BYTES + key.length;
    const maxBytes = this.policy.maxValueBytes ?? memory.limits.maxBytes / 8;
    const entry = memory.prepare(this.space, key);
    if (bytes > maxBytes) {
      memory.remove(entry);
      return;
    }
    const now = memory.now();
    const trustedMs = Math.min(stored.ttlMs, coherence.trustMs);
    entry.value = stored.value;
    entry.isCopied = admitted.isMutable || this.policy.handOut === 'copied';
    entry.promise = entry.isCopied ? undefined : Promise.resolve(stored.value);
    if (entry.isCopied) entry.value = structuredClone(stored.value);
    entry.freshUntil = now + trustedMs;
    entry.staleUntil = now + stored.ttlMs + stored.graceMs;
    entry.refreshAt = this.toRefreshAt(now, trustedMs, stored.loadMs);
    entry.tags = stored.tags;
    entry.tagVersions = stored.tagVersions;
    entry.epoch = stored.epoch;
    entry.version = stored.version;
    memory.store(entry, bytes);
  }

  /** What a read found, put into memory when it is current and nothing changed meanwhile. */
  async accept(
    key: string,
    read: RemoteRead,
    guard: { readonly epoch: number; readonly isDirty: () => boolean },
  ): Promise<AcceptedValue<Value> | undefined> {
    if (read.kind !== 'value') return undefined;
    const { record } = read;
    const tags = record.tags.map(([name]) => this.context.tags.get(name));
    const learning = this.context.coherence.learnTags(tags);
    if (learning !== undefined) await learning;
    if (record.tags.some(([, version], index) => tags[index]?.version !== version)) return undefined;
    const now = this.context.clock.now();
    if (record.staleUntil <= now) return undefined;
    // Records of this namespace are written by it alone.
    const value = record.value as Value;
    if (record.freshUntil <= now) return { fresh: undefined, stale: value };
    if (!guard.isDirty()) {
      this.remember(key, {
        value,
        ttlMs: record.freshUntil - now,
        graceMs: record.staleUntil - record.freshUntil,
        loadMs: record.loadMs,
        tags,
        tagVersions: record.tags.map(([, version]) => version),
        epoch: guard.epoch,
        version: record.version,
      });
    }
    return { fresh: value, stale: undefined };
  }

  toRecord(stored: Omit<StoredValue<Value>, 'version'>): NewRecord {
    const now = this.context.clock.now();
    return {
      value: stored.value,
      freshUntil: now + stored.ttlMs,
      staleUntil: now + stored.ttlMs + stored.graceMs,
      loadMs: stored.loadMs,
      tags: stored.tags.map((tag, index) => [tag.name, stored.tagVersions[index] ?? tag.version] as const),
    };
  }

  /** Gives an entry a new remaining ttl. */
  shorten(entry: MemoryEntry, ttlMs: number): void {
    const now = this.context.memory.now();
    entry.freshUntil = now + ttlMs;
    entry.staleUntil = now + ttlMs + this.policy.graceMs;
    entry.refreshAt = Number.POSITIVE_INFINITY;
    this.context.memory.store(entry, entry.bytes);
  }

  /** The record that a stale memory entry equals, as far as a refresh needs it. */
  toFormerRecord(entry: MemoryEntry): RemoteRecord | undefined {
    if (entry.version === '') return undefined;
    return { value: entry.value, freshUntil: 0, staleUntil: 0, loadMs: 0, tags: [], version: entry.version };
  }

  private readonly writes = new Map<string, symbol>();

  private beginWrite(key: string): symbol {
    const token = Symbol('write');
    this.writes.set(key, token);
    return token;
  }

  /** Whether no later write of this process, and no notice, came in between. */
  private endWrite(key: string, token: symbol): boolean {
    if (this.writes.get(key) !== token) return false;
    this.writes.delete(key);
    return true;
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
  private toRefreshAt(now: number, ttlMs: number, loadMs: number): number {
    const { earlyRefreshRatio } = this.policy;
    if (earlyRefreshRatio === 0 || loadMs === 0) return Number.POSITIVE_INFINITY;
    const leadMs = loadMs * earlyRefreshRatio * -Math.log(1 - this.context.random());
    return now + Math.max(ttlMs - leadMs, ttlMs / 2);
  }
}
