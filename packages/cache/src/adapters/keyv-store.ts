import type { CacheNamespace } from '../cache.ts';

/** What Keyv (and with it cache-manager, got and others) asks of a store; declared here so that Keyv is not needed. */
export interface KeyvStore {
  opts: Record<string, unknown>;
  namespace?: string | undefined;
  get<Value>(key: string): Promise<Value | undefined>;
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>;
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<boolean[]>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: string[]): Promise<boolean[]>;
  has(key: string): Promise<boolean>;
  clear(): Promise<void>;
  on(event: string, listener: (...details: unknown[]) => void): KeyvStore;
}

/**
 * Lets a Keyv, and so a cache-manager, keep its values in a namespace of ours.
 *
 * @example
 * const keyv = new Keyv({ store: createKeyvStore(cache.namespace('keyv', { ttlMs: 3_600_000 })) });
 * const manager = createCacheManager({ stores: [keyv] });
 */
export function createKeyvStore(items: CacheNamespace<unknown>): KeyvStore {
  const toEntry = (ttlMs: number | undefined) => (ttlMs === undefined || ttlMs <= 0 ? undefined : { ttlMs });
  const store: KeyvStore = {
    opts: { dialect: 'dataguardian' },
    // Values of a namespace that Keyv writes are read by Keyv alone, so the type is the caller's.
    get: <Value>(key: string) => items.get(key) as Promise<Value | undefined>,
    getMany: <Value>(keys: string[]) => items.getMany(keys) as Promise<(Value | undefined)[]>,
    async set(key, value, ttlMs) {
      await items.set(key, value, toEntry(ttlMs));
      return true;
    },
    setMany: (entries) => Promise.all(entries.map(({ key, value, ttl }) => store.set(key, value, ttl))),
    async delete(key) {
      const isThere = await items.has(key);
      await items.delete(key);
      return isThere;
    },
    deleteMany: (keys) => Promise.all(keys.map((key) => store.delete(key))),
    has: (key) => items.has(key),
    clear: () => items.clear(),
    // Redis being away is a state here, never an error event.
    on: () => store,
  };
  return store;
}
