import type { ComponentHealth } from '@dataguardian/telemetry';
import type { CacheAnalyst } from './analyst/analyst.ts';
import type { NamespacePolicy, ResolvedPolicy } from './policy.ts';
import type { CacheStats } from './stats.ts';

/** Values by namespace, in memory and, when configured, in Redis; coherent between processes. */
export interface Cache {
  /** Opens a namespace, or the one of that name that is open already: then the first policy stays. */
  namespace<Value>(name: string, policy?: NamespacePolicy): CacheNamespace<Value>;
  /** Makes every value that carries one of `tags` invalid, in all namespaces and processes. O(1) a tag. */
  invalidateTags(tags: readonly string[]): Promise<void>;
  /** Predicts, finds waste, proposes changes and carries them out. */
  readonly analyst: CacheAnalyst;
  health(): ComponentHealth;
  stats(): CacheStats;
  /** Resolves when the first attempt to reach Redis has ended, well or not; at once without Redis. */
  ready(): Promise<void>;
  /** Ends connections and timers. Values in Redis stay. */
  close(): Promise<void>;
}

/** How one value is stored, where that differs from its namespace's policy. */
export interface EntryOptions {
  readonly ttlMs?: number;
  readonly graceMs?: number;
  /** Tags beside those of the policy. */
  readonly tags?: readonly string[];
}

/** How one value is loaded and stored. */
export interface LoadOptions extends EntryOptions {
  /** Ends this caller's wait; the load is aborted when nobody waits any more. */
  readonly signal?: AbortSignal;
  /** Loads although a fresh value is there. */
  readonly refresh?: 'always';
}

/** What a load is told and may decide. */
export interface LoadContext {
  /** Aborted at the hard time-out, or when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Sets the ttl of the value being loaded. */
  setTtl(ttlMs: number): void;
  /** Serves the value without storing it. */
  skipStore(): void;
  /** The former value, when it is still there, stale. */
  readonly former: unknown;
}

/** Loads the value that belongs to a key. */
export type Load<Value> = (context: LoadContext) => Promise<Value> | Value;

/**
 * The values of one kind, by key. `undefined` means "not there" and is never stored; `null`, `0`, `false` and `''`
 * are values. Values handed out must not be changed: they are frozen, or copies.
 */
export interface CacheNamespace<Value> {
  readonly name: string;
  /** How its values live, every default filled in; the analyst may tune it while running. */
  readonly policy: Readonly<ResolvedPolicy>;
  /** The fresh value, from memory or Redis. */
  get(key: string): Promise<Value | undefined>;
  /** The fresh values of `keys`, in their order, with one round trip for those that are not in memory. */
  getMany(keys: readonly string[]): Promise<(Value | undefined)[]>;
  /** The fresh value when memory has it, without any waiting. */
  peek(key: string): Value | undefined;
  has(key: string): Promise<boolean>;
  /**
   * Stores `value`; a load of the same key that began before is not stored any more, in any process.
   * @throws CacheError CACHE_VALUE_UNSUPPORTED when the value is not plain data.
   */
  set(key: string, value: Value, entry?: EntryOptions): Promise<void>;
  setMany(entries: Iterable<readonly [key: string, value: Value]>, entry?: EntryOptions): Promise<void>;
  /**
   * The fresh value, or the outcome of `load`, which runs once however many callers and processes ask.
   * An error of `load` reaches the caller unless a value within grace stands in for it; it is never cached.
   */
  getOrSet(key: string, load: Load<Value>, entry?: LoadOptions): Promise<Value>;
  /** As {@link getOrSet} for many keys: `load` gets the keys that are missing and returns values in their order. */
  getOrSetMany(
    keys: readonly string[],
    load: (missing: readonly string[], context: Pick<LoadContext, 'signal'>) => Promise<readonly Value[]>,
    entry?: LoadOptions,
  ): Promise<Value[]>;
  delete(key: string): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  /** Tags are shared by all namespaces of a cache: the same as {@link Cache.invalidateTags}. */
  invalidateTags(tags: readonly string[]): Promise<void>;
  /** Makes every value of this namespace invalid. O(1). */
  clear(): Promise<void>;
  /** Adds to a counter, in Redis when it is up; counters are apart from values. Returns the new count. */
  increment(key: string, options?: { readonly by?: number; readonly ttlMs?: number }): Promise<number>;
  /** Gives a stored value a new remaining ttl; `false` when it is not there. */
  expire(key: string, ttlMs: number): Promise<boolean>;
}
