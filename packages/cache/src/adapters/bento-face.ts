import type { Cache, CacheNamespace, EntryOptions, LoadContext } from '../cache.ts';
import { CacheError } from '../errors.ts';
import type { NamespacePolicy } from '../policy.ts';

/** Milliseconds, or a number with its unit: `'500ms'`, `'10s'`, `'5m'`, `'2h'`, `'1d'`, `'1w'`. */
export type BentoDuration = number | string;

/** How one value is kept. */
export interface BentoEntryOptions {
  /** `null`: for as long as Redis can count, about a hundred years. */
  readonly ttl?: BentoDuration | null;
  readonly grace?: BentoDuration | false;
  readonly tags?: readonly string[];
}

/** What a factory is told. */
export interface BentoFactoryContext {
  /** Hands the value out without keeping it: `return context.skip()`. */
  skip(): undefined;
  /** Fails the load, so that a value within grace stands in. */
  fail(message?: string): never;
  setTtl(ttl: BentoDuration): void;
  readonly gracedEntry: { readonly value: unknown } | undefined;
}

/** The part of BentoCache's face that our cache can answer; declared here so that BentoCache is not needed. */
export interface BentoFace {
  get<Value>(options: { readonly key: string; readonly defaultValue?: Value }): Promise<Value | undefined>;
  set(options: BentoEntryOptions & { readonly key: string; readonly value: unknown }): Promise<boolean>;
  setForever(options: BentoEntryOptions & { readonly key: string; readonly value: unknown }): Promise<boolean>;
  getOrSet<Value>(
    options: BentoEntryOptions & {
      readonly key: string;
      readonly factory: (context: BentoFactoryContext) => Promise<Value> | Value;
    },
  ): Promise<Value>;
  has(options: { readonly key: string }): Promise<boolean>;
  missing(options: { readonly key: string }): Promise<boolean>;
  /** Reads a value and removes it. */
  pull<Value>(key: string): Promise<Value | undefined>;
  delete(options: { readonly key: string }): Promise<boolean>;
  deleteMany(options: { readonly keys: readonly string[] }): Promise<boolean>;
  deleteByTag(options: { readonly tags: readonly string[] }): Promise<boolean>;
  /** Makes a value stale: it may still stand in within its grace. */
  expire(options: { readonly key: string }): Promise<boolean>;
  clear(): Promise<void>;
  namespace(name: string): BentoFace;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const FOREVER_MS = 100 * 365 * 86_400_000;

/**
 * Lets code that was written for BentoCache run on our cache. Values of `namespace(name)` are kept apart under
 * `<name of the parent>.<name>`. Time-outs are those of the policy, not of a call.
 *
 * @throws CacheError CACHE_OPTIONS_INVALID at a duration that cannot be read.
 * @example
 * const bento = createBentoFace(cache, 'users', { ttlMs: 60_000, graceMs: 3_600_000 });
 * const user = await bento.getOrSet({ key: id, factory: () => loadUser(id), ttl: '10m', tags: ['users'] });
 */
export function createBentoFace(cache: Cache, name: string, policy: NamespacePolicy): BentoFace {
  const items: CacheNamespace<unknown> = cache.namespace(name, policy);
  const face: BentoFace = {
    // Values of a namespace that such code writes are read by it alone, so the type is the caller's.
    get: async <Value>({ key, defaultValue }: { key: string; defaultValue?: Value }) =>
      ((await items.get(key)) as Value | undefined) ?? defaultValue,
    async set({ key, value, ...entry }) {
      await items.set(key, value, toEntry(entry));
      return true;
    },
    setForever: (options) => face.set({ ...options, ttl: null }),
    getOrSet: <Value>({ key, factory, ...entry }: Parameters<typeof face.getOrSet<Value>>[0]) =>
      items.getOrSet(key, (context) => factory(toContext(context)), toEntry(entry)) as Promise<Value>,
    has: ({ key }) => items.has(key),
    missing: async ({ key }) => !(await items.has(key)),
    async pull<Value>(key: string) {
      const value = (await items.get(key)) as Value | undefined;
      await items.delete(key);
      return value;
    },
    async delete({ key }) {
      const isThere = await items.has(key);
      await items.delete(key);
      return isThere;
    },
    async deleteMany({ keys }) {
      await items.deleteMany(keys);
      return true;
    },
    async deleteByTag({ tags }) {
      await items.invalidateTags(tags);
      return true;
    },
    expire: ({ key }) => items.expire(key, 0),
    clear: () => items.clear(),
    namespace: (child) => createBentoFace(cache, `${name}.${child}`, policy),
  };
  return face;
}

function toEntry({ ttl, grace, tags }: BentoEntryOptions): EntryOptions {
  return {
    ...(ttl === undefined ? {} : { ttlMs: ttl === null ? FOREVER_MS : toMs(ttl) }),
    ...(grace === undefined ? {} : { graceMs: grace === false ? 0 : toMs(grace) }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function toContext(context: LoadContext): BentoFactoryContext {
  return {
    skip() {
      context.skipStore();
      return undefined;
    },
    fail(message = 'the factory failed') {
      throw new Error(message);
    },
    setTtl: (ttl) => context.setTtl(toMs(ttl)),
    gracedEntry: context.former === undefined ? undefined : { value: context.former },
  };
}

function toMs(duration: BentoDuration): number {
  if (typeof duration === 'number') return duration;
  const [, count = '', unit = 'ms'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?$/.exec(duration.trim()) ?? [];
  if (count === '') throw new CacheError('CACHE_OPTIONS_INVALID', `${duration} is no duration`);
  return Number(count) * (UNITS[unit] as number);
}
