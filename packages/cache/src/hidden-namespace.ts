import type { CacheNamespace, EntryOptions, Load, LoadContext, LoadOptions } from './cache.ts';
import type { ResolvedPolicy } from './policy.ts';

/** Names of the latest keys that are remembered; forgetting one costs an HMAC and nothing else. */
const REMEMBERED_NAMES = 20_000;

/**
 * A private namespace by hidden names: both tiers know its values under `hide(key)` alone, so that what another process
 * announces about a name is understood whatever this process has done before, and no key of a person is kept anywhere.
 */
export class HiddenNamespace<Value> implements CacheNamespace<Value> {
  readonly name: string;
  readonly policy: Readonly<ResolvedPolicy>;
  private readonly inner: CacheNamespace<Value>;
  private readonly hide: (key: string) => string;
  private readonly names = new Map<string, string>();

  constructor(inner: CacheNamespace<Value>, hide: (key: string) => string) {
    this.name = inner.name;
    this.policy = inner.policy;
    this.inner = inner;
    this.hide = hide;
  }

  peek(key: string): Value | undefined {
    return this.inner.peek(this.toName(key));
  }

  get(key: string): Promise<Value | undefined> {
    return this.inner.get(this.toName(key));
  }

  getMany(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return this.inner.getMany(keys.map((key) => this.toName(key)));
  }

  has(key: string): Promise<boolean> {
    return this.inner.has(this.toName(key));
  }

  set(key: string, value: Value, entry?: EntryOptions): Promise<void> {
    return this.inner.set(this.toName(key), value, entry);
  }

  setMany(entries: Iterable<readonly [key: string, value: Value]>, entry?: EntryOptions): Promise<void> {
    return this.inner.setMany(
      [...entries].map(([key, value]) => [this.toName(key), value] as const),
      entry,
    );
  }

  getOrSet(key: string, load: Load<Value>, entry?: LoadOptions): Promise<Value> {
    return this.inner.getOrSet(this.toName(key), load, entry);
  }

  getOrSetMany(
    keys: readonly string[],
    load: (missing: readonly string[], context: Pick<LoadContext, 'signal'>) => Promise<readonly Value[]>,
    entry?: LoadOptions,
  ): Promise<Value[]> {
    const names = keys.map((key) => this.toName(key));
    const keyOf = new Map(names.map((name, index) => [name, keys[index] as string]));
    return this.inner.getOrSetMany(
      names,
      (missing, context) =>
        load(
          missing.map((name) => keyOf.get(name) as string),
          context,
        ),
      entry,
    );
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(this.toName(key));
  }

  deleteMany(keys: readonly string[]): Promise<void> {
    return this.inner.deleteMany(keys.map((key) => this.toName(key)));
  }

  invalidateTags(tags: readonly string[]): Promise<void> {
    return this.inner.invalidateTags(tags);
  }

  clear(): Promise<void> {
    return this.inner.clear();
  }

  increment(key: string, options?: { readonly by?: number; readonly ttlMs?: number }): Promise<number> {
    return this.inner.increment(this.toName(key), options);
  }

  expire(key: string, ttlMs: number): Promise<boolean> {
    return this.inner.expire(this.toName(key), ttlMs);
  }

  private toName(key: string): string {
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = this.hide(key);
    if (this.names.size >= REMEMBERED_NAMES) this.names.delete(this.names.keys().next().value as string);
    this.names.set(key, name);
    return name;
  }
}
