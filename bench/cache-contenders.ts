import { createClient } from 'redis';
import { createCache } from '../packages/cache/src/index.ts';

/** A cache under test: what it can do is measured, what it cannot is left out. */
export interface Contender {
  readonly name: string;
  get(key: string): unknown;
  getOrSet?(key: string, load: () => Promise<unknown>): Promise<unknown>;
  getMany?(keys: readonly string[]): Promise<unknown>;
  set(key: string, value: unknown): unknown;
  close(): Promise<unknown>;
}

/** Where a contender keeps values. */
export type Tiers = 'memory' | 'redis' | 'both';

const TTL_MS = 3_600_000;
const MAX_ENTRIES = 10_000;

/** What is used of the rivals. They are installed in bench/ alone, so the rest of the repository has no types of them. */
interface Rival {
  get(key: unknown): unknown;
  set(key: unknown, value?: unknown): unknown;
  getOrSet(key: unknown, load?: unknown, options?: unknown): Promise<unknown>;
  wrap(key: string, load: unknown): Promise<unknown>;
  getMany(keys: readonly string[]): Promise<unknown>;
  mget(keys: readonly string[]): Promise<unknown>;
  useL1Layer(driver: unknown): Rival;
  useL2Layer(driver: unknown): Rival;
  disconnect(): Promise<unknown>;
  disconnectAll(): Promise<unknown>;
  clear(): void;
}
type Constructor = new (...options: unknown[]) => Rival;
type Module = Readonly<Record<string, Constructor & ((...options: unknown[]) => Rival)>>;

async function importRival(name: string, member: string): Promise<Constructor & ((...options: unknown[]) => Rival)> {
  const module = (await import(name)) as Module;
  const found = module[member];
  if (found === undefined) throw new Error(`${name} has no ${member}`);
  return found;
}

/** Contenders for the memory tier. */
export async function createMemoryContenders(): Promise<Contender[]> {
  const [LRUCache, BentoCache, bentostore, memoryDriver, Cacheable, createManager] = await Promise.all([
    importRival('lru-cache', 'LRUCache'),
    importRival('bentocache', 'BentoCache'),
    importRival('bentocache', 'bentostore'),
    importRival('bentocache/drivers/memory', 'memoryDriver'),
    importRival('cacheable', 'Cacheable'),
    importRival('cache-manager', 'createCache'),
  ]);
  const map = new Map<string, unknown>();
  const lru = new LRUCache({ max: MAX_ENTRIES, ttl: TTL_MS });
  const driver = memoryDriver({ maxItems: MAX_ENTRIES, serialize: false });
  const bento = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(driver) } });
  const cacheable = new Cacheable({ ttl: TTL_MS });
  const manager = createManager({ ttl: TTL_MS });
  return [
    fromMap(map),
    {
      name: 'lru-cache',
      get: (key) => lru.get(key),
      set: (key, value) => lru.set(key, value),
      close: async () => lru.clear(),
    },
    await createOurs('memory', undefined),
    fromBento(bento),
    fromCacheable(cacheable),
    fromManager(manager),
  ];
}

/** Contenders that answer from Redis; ours with a memory tier that holds nothing. */
export async function createRedisContenders(url: string): Promise<Contender[]> {
  const [BentoCache, bentostore, redisDriver, Cacheable, createManager, Keyv, KeyvRedis] = await Promise.all([
    importRival('bentocache', 'BentoCache'),
    importRival('bentocache', 'bentostore'),
    importRival('bentocache/drivers/redis', 'redisDriver'),
    importRival('cacheable', 'Cacheable'),
    importRival('cache-manager', 'createCache'),
    importRival('keyv', 'Keyv'),
    importRival('@keyv/redis', 'default'),
  ]);
  const raw = createClient({ url });
  raw.on('error', () => undefined);
  await raw.connect();
  const driver = redisDriver({ connection: { host: '127.0.0.1', port: Number(new URL(url).port) } });
  const bento = new BentoCache({ default: 'redis', stores: { redis: bentostore().useL2Layer(driver) } });
  const primary = new Keyv({ store: new KeyvRedis(url), namespace: 'cacheable' });
  const cacheable = new Cacheable({ primary, ttl: TTL_MS });
  const manager = createManager({
    stores: [new Keyv({ store: new KeyvRedis(url), namespace: 'manager' })],
    ttl: TTL_MS,
  });
  return [
    {
      name: 'node-redis',
      get: async (key) => parse(await raw.get(`raw:${key}`)),
      getMany: async (keys) => (await raw.mGet(keys.map((key) => `raw:${key}`))).map(parse),
      set: (key, value) => raw.set(`raw:${key}`, JSON.stringify(value), { expiration: { type: 'PX', value: TTL_MS } }),
      close: () => raw.close(),
    },
    await createOurs('redis', url),
    fromBento(bento),
    fromCacheable(cacheable),
    fromManager(manager),
  ];
}

function fromMap(map: Map<string, unknown>): Contender {
  return {
    name: 'Map',
    get: (key) => map.get(key),
    getOrSet: async (key) => map.get(key),
    set: (key, value) => map.set(key, value),
    close: async () => map.clear(),
  };
}

function fromBento(bento: Rival): Contender {
  return {
    name: 'bentocache',
    get: (key) => bento.get({ key }),
    getOrSet: (key, factory) => bento.getOrSet({ key, factory, ttl: TTL_MS }),
    set: (key, value) => bento.set({ key, value, ttl: TTL_MS }),
    close: () => bento.disconnectAll(),
  };
}

function fromCacheable(cacheable: Rival): Contender {
  return {
    name: 'cacheable',
    get: (key) => cacheable.get(key),
    getOrSet: (key, load) => cacheable.getOrSet(key, load, { ttl: TTL_MS }),
    getMany: (keys) => cacheable.getMany(keys),
    set: (key, value) => cacheable.set(key, value),
    close: () => cacheable.disconnect(),
  };
}

function fromManager(manager: Rival): Contender {
  return {
    name: 'cache-manager',
    get: (key) => manager.get(key),
    getOrSet: (key, load) => manager.wrap(key, load),
    getMany: (keys) => manager.mget(keys),
    set: (key, value) => manager.set(key, value),
    close: () => manager.disconnect(),
  };
}

/** Our cache, as the contenders see it. */
export async function createOurs(tiers: Tiers, url: string | undefined, prefix = 'bench'): Promise<Contender> {
  const cache = createCache({
    prefix,
    memoryMaxEntries: MAX_ENTRIES,
    commandTimeoutMs: 5_000,
    ...(url === undefined || tiers === 'memory' ? {} : { redisUrl: url }),
  });
  await cache.ready();
  const items = cache.namespace<unknown>('items', {
    ttlMs: TTL_MS,
    ...(tiers === 'redis' ? { tiers: 'redis' as const } : {}),
  });
  return {
    name: 'ours',
    get: (key) => items.get(key),
    getOrSet: (key, load) => items.getOrSet(key, load),
    getMany: (keys) => items.getMany(keys),
    set: (key, value) => items.set(key, value),
    close: () => cache.close(),
  };
}

function parse(text: string | null): unknown {
  return text === null ? undefined : (JSON.parse(text) as unknown);
}
