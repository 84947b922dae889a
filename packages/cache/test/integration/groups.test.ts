import { type Cache, CacheError, type CacheOptions, createCache } from '@dataguardian/cache';
import { until } from '@dataguardian/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toSlot } from '../../src/redis/key-slot.ts';
import { describeNamespaceContract } from '../contract/namespace-contract.ts';
import { hasRedisServer, type RedisGroup, startCluster, startSentinelGroup } from './redis-groups.ts';

const PATIENT = { commandTimeoutMs: 5_000, connectTimeoutMs: 10_000 };
const HOUR = { ttlMs: 3_600_000 };

const caches: Cache[] = [];
afterEach(async () => {
  for (const cache of caches.splice(0)) await cache.close();
});

async function open(options: CacheOptions): Promise<Cache> {
  const cache = createCache({ ...PATIENT, ...options });
  caches.push(cache);
  await cache.ready();
  expect(cache.health().status).toBe('up');
  return cache;
}

describe('the slot of a key', () => {
  it.each([
    // From the specification of Redis Cluster, and CLUSTER KEYSLOT of a server.
    ['123456789', 12_739],
    ['foo', 12_182],
    ['{user1000}.following', 3_443],
    ['{user1000}.followers', 3_443],
    ['foo{}{bar}', 8_363],
    ['foo{{bar}}zap', 4_015],
    ['', 0],
  ])('of %j is %i', (key, slot) => {
    expect(toSlot(key)).toBe(slot);
  });
});

describe('options of groups', () => {
  it.each<[string, CacheOptions]>([
    ['no sentinel', { redisSentinel: { masterName: 'main', sentinels: [] } }],
    ['no name', { redisSentinel: { masterName: '', sentinels: ['redis://a'] } }],
    ['an address that is none', { redisCluster: { nodes: ['localhost:7000'] } }],
    ['two at once', { redisUrl: 'redis://a', redisCluster: { nodes: ['redis://b'] } }],
  ])('refuses %s', (_, options) => {
    expect(() => createCache(options)).toThrow(CacheError);
  });
});

// The stand-in for machines without redis-server is a single server.
describe.skipIf(!hasRedisServer)('a Redis Cluster', () => {
  let group: RedisGroup;
  const opened: Cache[] = [];
  beforeAll(async () => {
    group = await startCluster(2);
  });
  afterAll(async () => {
    for (const cache of opened) await cache.close();
    await group?.close();
  });

  describe.each(['tracking', 'bus'] as const)('coherent by %s', (coherence) => {
    let pair: readonly [Cache, Cache];
    beforeAll(async () => {
      const options = { redisCluster: { nodes: group.addresses.slice(0, 1) }, prefix: `t-${coherence}`, coherence };
      pair = await Promise.all([open(options), open(options)]);
      opened.push(...caches.splice(0));
    });

    const twoCaches = async () => {
      const [first, second] = pair;
      return {
        first,
        mine: first.namespace<unknown>('items', HOUR),
        theirs: second.namespace<unknown>('items', HOUR),
      };
    };

    let count = 0;
    describeNamespaceContract(async (policy) =>
      pair[0].namespace<unknown>(`contract-${count++}`, { ttlMs: 600_000, ...policy }),
    );

    it('spreads values over its nodes and reads batches over all of them', async () => {
      const { mine, theirs } = await twoCaches();
      const keys = Array.from({ length: 200 }, (_, index) => `key ${index}`);
      await mine.setMany(keys.map((key, index) => [key, index]));
      expect(await theirs.getMany([...keys, 'none'])).toEqual([...keys.map((_, index) => index), undefined]);
      const sizes = [Number(await group.command(0, 'DBSIZE')), Number(await group.command(1, 'DBSIZE'))];
      expect(sizes.every((size) => size > 50)).toBe(true);
    });

    it('announces changes of every node', async () => {
      const { mine, theirs, first } = await twoCaches();
      const keys = Array.from({ length: 40 }, (_, index) => `changing ${index}`);
      await mine.setMany(
        keys.map((key) => [key, 'old']),
        { tags: ['red'] },
      );
      await until(async () => {
        await theirs.getMany(keys);
        return keys.every((key) => theirs.peek(key) === 'old');
      });
      await mine.set(keys[0] as string, 'new');
      await mine.deleteMany(keys.slice(1, 20));
      await until(async () => {
        const seen = await theirs.getMany(keys.slice(0, 20));
        return seen[0] === 'new' && seen.slice(1).every((value) => value === undefined);
      });
      await first.invalidateTags(['red']);
      await until(async () => (await theirs.getMany(keys.slice(20))).every((value) => value === undefined));
      expect(await mine.getMany(keys.slice(20, 22))).toEqual([undefined, undefined]);
    });

    it('loads a cold key once for all, and counts', async () => {
      const { mine, theirs } = await twoCaches();
      let loads = 0;
      const load = async (): Promise<number> => {
        loads += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
        return loads;
      };
      const calls = [mine, theirs].flatMap((space) => Array.from({ length: 50 }, () => space.getOrSet('cold', load)));
      expect([new Set(await Promise.all(calls)), loads]).toEqual([new Set([1]), 1]);
      await mine.increment('count');
      expect(await theirs.increment('count')).toBe(2);
      await mine.clear();
      await until(async () => (await theirs.get('cold')) === undefined);
    });
  });

  it('leaves memory to serve alone when it loses a node, and fails no call', async () => {
    const cache = await open({ redisCluster: { nodes: group.addresses }, prefix: 't-loss' });
    const items = cache.namespace<number>('items', HOUR);
    await items.set('key', 1);
    await group.kill(1);
    await until(() => cache.health().status === 'degraded');
    expect([await items.get('key'), await items.getOrSet('other', () => 2)]).toEqual([1, 2]);
  });
});

describe.skipIf(!hasRedisServer)('servers under Redis Sentinel', () => {
  it('are found, and after a failover found again, without a failed call', { timeout: 240_000 }, async () => {
    const group = await startSentinelGroup('main');
    try {
      const options = { redisSentinel: { masterName: 'main', sentinels: ['redis://127.0.0.1:1', ...group.addresses] } };
      const [cache, other] = await Promise.all([open(options), open(options)]);
      const mine = cache.namespace<number>('items', HOUR);
      const theirs = other.namespace<number>('items', HOUR);
      await mine.set('key', 1);
      expect(await theirs.get('key')).toBe(1);
      await group.kill(0);
      await until(() => cache.health().status === 'degraded');
      expect(await mine.getOrSet('during', () => 2)).toBe(2);
      await until(() => cache.health().status === 'up' && other.health().status === 'up', { timeoutMs: 60_000 });
      await mine.set('key', 3);
      await until(async () => (await theirs.get('key')) === 3);
      expect(String(await group.command(1, 'ROLE'))).toContain('master');
    } finally {
      await group.close();
    }
  });
});
