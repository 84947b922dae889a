import type { CacheNamespace } from '../cache.ts';

/** What Keyv (and with it cache-manager, got and others) asks of a store; declared here so that Keyv is not needed. */
export interface KeyvStore {
  opts: Record<string, unknown>;
  /** Set by Keyv: values of other namespaces in the same store survive `clear`. */
  namespace?: string | undefined;
  get<Value>(key: string): Promise<Value | undefined>;
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>;
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<boolean[]>;
  delete(key: string): Promise<boolean>;
  /** Which of them were there; `false` alone: none. Keyv 5 takes the answer as a yes or no, Keyv 6 as a list. */
  deleteMany(keys: string[]): Promise<boolean | boolean[]>;
  has(key: string): Promise<boolean>;
  hasMany(keys: string[]): Promise<boolean[]>;
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
  // Keyv 5 puts its namespace in front of the keys by itself, Keyv 6 leaves that to a store that knows namespaces.
  const toKey = (key: string): string => (store.namespace === undefined ? key : `${store.namespace}:${key}`);
  const toTags = (): string[] => (store.namespace === undefined ? [] : [`keyv:${items.name}:${store.namespace}`]);
  const toEntry = (ttlMs: number | undefined) => ({
    ...(ttlMs === undefined || ttlMs <= 0 ? {} : { ttlMs }),
    tags: toTags(),
  });
  const store: KeyvStore = {
    opts: { dialect: 'dataguardian' },
    // There from the start: Keyv 6 asks whether the store knows namespaces.
    namespace: undefined,
    // Values of a namespace that Keyv writes are read by Keyv alone, so the type is the caller's.
    get: <Value>(key: string) => items.get(toKey(key)) as Promise<Value | undefined>,
    getMany: <Value>(keys: string[]) => items.getMany(keys.map(toKey)) as Promise<(Value | undefined)[]>,
    async set(key, value, ttlMs) {
      await items.set(toKey(key), value, toEntry(ttlMs));
      return true;
    },
    setMany: (entries) => Promise.all(entries.map(({ key, value, ttl }) => store.set(key, value, ttl))),
    async delete(key) {
      const isThere = await items.has(toKey(key));
      await items.delete(toKey(key));
      return isThere;
    },
    async deleteMany(keys) {
      const were = await Promise.all(keys.map((key) => store.delete(key)));
      return were.includes(true) ? were : false;
    },
    has: (key) => items.has(toKey(key)),
    hasMany: (keys) => Promise.all(keys.map((key) => store.has(key))),
    clear: () => (store.namespace === undefined ? items.clear() : items.invalidateTags(toTags())),
    // Redis being away is a state here, never an error event.
    on: () => store,
  };
  return store;
}
