import { createFaultProxy, type FaultProxy, until } from '@dataguardian/testing';
import type { Cache, CacheOptions } from '@dataguardian/cache';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redisWorld, type RedisWorld } from './worlds.ts';

let world: RedisWorld;
let proxy: FaultProxy;
beforeEach(async () => {
  world = await redisWorld();
  proxy = await createFaultProxy({ port: world.redis.port });
});
afterEach(async () => {
  await world.close();
  await proxy.close();
});

const viaProxy = (options: CacheOptions = {}): Promise<Cache> =>
  world.open({ redisUrl: `redis://127.0.0.1:${proxy.port}`, ...options });
const isUp = (cache: Cache) => until(() => cache.health().status === 'up', { intervalMs: 2 });
const isDegraded = (cache: Cache) => until(() => cache.health().status === 'degraded', { intervalMs: 2 });
const HOUR = { ttlMs: 3_600_000 };

describe('when Redis is not there', () => {
  it('starts, serves from memory and says so once', async () => {
    const announced: string[] = [];
    const cache = await world.open({
      redisUrl: 'redis://127.0.0.1:1',
      onTierChange: (status) => announced.push(status),
    });
    const items = cache.namespace<number>('items', HOUR);
    await items.set('key', 1);
    expect([await items.get('key'), cache.health().status]).toEqual([1, 'degraded']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(announced).toEqual(['degraded']);
  });

  it('makes values of before the outage known to nobody once Redis is back empty', async () => {
    const cache = await viaProxy();
    const items = cache.namespace<number>('items', HOUR);
    await items.set('key', 1);
    await world.redis.restart();
    await isUp(cache);
    await until(async () => (await items.get('key')) === undefined);
    await items.set('key', 2);
    expect(await items.get('key')).toBe(2);
  });
});

describe.each([
  ['is killed', { hurt: () => world.redis.kill(), heal: () => world.redis.restart() }],
  ['hangs', { hurt: () => world.redis.freeze(), heal: () => world.redis.thaw() }],
  ['is slow', { hurt: () => proxy.setFaults({ latencyMs: 2_500 }), heal: () => proxy.setFaults({}) }],
  ['is cut off', { hurt: () => proxy.setFaults({ blackhole: true }), heal: () => (proxy.setFaults({}), proxy.cut()) }],
] as const)('when Redis %s under load', (_, { hurt, heal }) => {
  it('fails no call, keeps serving, and writes to Redis again afterwards', { timeout: 120_000 }, async () => {
    const announced: string[] = [];
    const cache = await viaProxy({
      commandTimeoutMs: 1_000,
      connectTimeoutMs: 5_000,
      onTierChange: (status) => announced.push(status),
    });
    await isUp(cache);
    const items = cache.namespace<string>('items', { ttlMs: 20, graceMs: 60_000 });
    let isLoading = true;
    let calls = 0;
    const failures: unknown[] = [];
    const caller = async (name: number): Promise<void> => {
      while (isLoading) {
        const key = `key ${(calls + name) % 50}`;
        await items
          .getOrSet(key, () => `value of ${key}`)
          .then(
            (value) => value === `value of ${key}` || failures.push(value),
            (error: unknown) => failures.push(error),
          );
        if (calls++ % 7 === 0) await items.set(key, `value of ${key}`).catch((error: unknown) => failures.push(error));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const callers = Promise.all(Array.from({ length: 8 }, (_item, name) => caller(name)));
    await until(() => calls > 100);
    await hurt();
    await isDegraded(cache);
    const callsAtOutage = calls;
    await until(() => calls > callsAtOutage + 300);
    await heal();
    await isUp(cache);
    // Of now: when the machine stands still while the callers end, Redis may count as away once more.
    const announcedLast = announced.slice(-3);
    isLoading = false;
    await callers;
    expect(failures).toEqual([]);
    expect(announcedLast).toEqual(['up', 'degraded', 'up']);
    const other = await world.open();
    await until(async () => {
      await items.set('after', 'the outage', { ttlMs: 60_000 });
      return (await other.namespace<string>('items', HOUR).get('after')) === 'the outage';
    });
  });
});

describe('when the channel is cut while another process changes a value', () => {
  it('confirms what it has after the channel is back, instead of serving the old value until its ttl', async () => {
    const cache = await viaProxy();
    const other = await world.open();
    const mine = cache.namespace<number>('items', HOUR);
    const theirs = other.namespace<number>('items', HOUR);
    await theirs.set('changed', 1);
    await theirs.set('same', 1);
    // An announcement that arrives during the read keeps the value out of memory, to be safe.
    await until(async () => (await mine.getMany(['changed', 'same'])) && mine.peek('changed') === 1);
    proxy.setFaults({ refuse: true });
    proxy.cut();
    await isDegraded(cache);
    await theirs.set('changed', 2);
    expect(mine.peek('changed')).toBe(1);
    proxy.setFaults({});
    await isUp(cache);
    expect([mine.peek('changed'), await mine.get('changed'), await mine.get('same')]).toEqual([undefined, 2, 1]);
  });

  it('trusts memory for one lease at most while the channel is down', async () => {
    const cache = await viaProxy({ offlineLeaseMs: 50 });
    const items = cache.namespace<number>('items', HOUR);
    await items.set('key', 1);
    proxy.setFaults({ refuse: true });
    proxy.cut();
    await isDegraded(cache);
    await until(() => items.peek('key') === undefined);
    expect(await items.getOrSet('key', () => 2)).toBe(2);
  });

  it('notices that a network is back which swallowed what was sent, and told nobody', async () => {
    const cache = await viaProxy({ commandTimeoutMs: 200, connectTimeoutMs: 600_000 });
    const items = cache.namespace<number>('items', HOUR);
    await items.set('key', 1);
    proxy.setFaults({ blackhole: true });
    await until(async () => {
      await items.set('key', 2);
      return cache.health().status === 'degraded';
    });
    // Long enough for an attempt to be under way, of which nobody will ever hear.
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.setFaults({});
    await isUp(cache);
    const other = (await world.open()).namespace<number>('items', HOUR);
    // On a slow machine a single write may be later than its deadline.
    const isToldAgain = async (): Promise<boolean> => {
      await items.set('key', 3);
      return (await other.get('key')) === 3;
    };
    expect(await until(isToldAgain)).toBe(true);
  });

  it('tells Redis what was invalidated meanwhile', async () => {
    const cache = await viaProxy();
    const other = await world.open();
    const mine = cache.namespace<number>('items', HOUR);
    const theirs = other.namespace<number>('items', HOUR);
    await theirs.setMany([
      ['deleted', 1],
      ['overwritten', 1],
      ['kept', 1],
    ]);
    await theirs.set('tagged', 1, { tags: ['red'] });
    expect(await theirs.getMany(['deleted', 'overwritten', 'tagged', 'kept'])).toEqual([1, 1, 1, 1]);
    proxy.setFaults({ refuse: true });
    proxy.cut();
    await isDegraded(cache);
    await mine.delete('deleted');
    await mine.set('overwritten', 2);
    await cache.invalidateTags(['red']);
    proxy.setFaults({});
    await isUp(cache);
    // Each is announced by itself.
    await until(async () => {
      const seen = await theirs.getMany(['deleted', 'overwritten', 'tagged']);
      return seen.every((value) => value === undefined);
    });
    expect(await theirs.get('kept')).toBe(1);
  });

  it('tells Redis, too, what was invalidated while it was told the rest', async () => {
    const cache = await viaProxy();
    const other = await world.open();
    const mine = cache.namespace<number>('items', HOUR);
    const theirs = other.namespace<number>('items', HOUR);
    const keys = Array.from({ length: 400 }, (_, index) => `during ${index}`);
    await theirs.setMany(keys.map((key) => [key, 1]));
    // Slow enough that each step of coming back takes several of these deletions.
    proxy.setFaults({ latencyMs: 10 });
    proxy.cut();
    for (const key of keys) {
      void mine.delete(key);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await isUp(cache);
    const left = async (): Promise<number> =>
      (await theirs.getMany(keys)).filter((value) => value !== undefined).length;
    await expect.poll(left, { timeout: 30_000 }).toBe(0);
  });
});

describe('when Redis is full', () => {
  const command = async (...args: string[]): Promise<void> => {
    const client = await createClient({ url: world.redis.url }).connect();
    await client.sendCommand(args);
    await client.close();
  };
  const fill = (): Promise<void> => command('CONFIG', 'SET', 'maxmemory', '1');
  const empty = (): Promise<void> => command('CONFIG', 'SET', 'maxmemory', '0');

  async function fullWorld(options: CacheOptions = {}) {
    const [cache, other] = await Promise.all([world.open(options), world.open(options)]);
    return { mine: cache.namespace<unknown>('items', HOUR), theirs: other.namespace<unknown>('items', HOUR), cache };
  }

  it('shows nobody the value that a refused write was to replace', async () => {
    const { mine, theirs } = await fullWorld();
    await mine.set('key', 'old');
    await until(async () => (await theirs.get('key')) === 'old' && theirs.peek('key') === 'old');
    await fill();
    await mine.set('key', 'new');
    expect(await mine.get('key')).toBe('new');
    await until(async () => (await theirs.get('key')) === undefined);
    await empty();
    await mine.set('key', 'newer');
    await until(async () => (await theirs.get('key')) === 'newer');
  });

  it('fails no call, and serves loaded values from memory', async () => {
    const { mine, cache } = await fullWorld();
    await fill();
    let loads = 0;
    const read = (key: string): Promise<unknown> => mine.getOrSet(key, async () => (loads += 1));
    expect([await read('cold'), await read('cold'), mine.peek('cold')]).toEqual([1, 1, 1]);
    await mine.setMany([['a', 1]]);
    await mine.delete('a');
    expect([await mine.get('a'), await mine.increment('count'), cache.health().status]).toEqual([undefined, 1, 'up']);
  });

  it('believes a value that Redis would not take for one lease at most, because nobody hears of its changes', async () => {
    const { mine, theirs } = await fullWorld({ offlineLeaseMs: 60 });
    await fill();
    expect(await mine.getOrSet('key', () => 'old')).toBe('old');
    await theirs.set('key', 'new');
    await until(() => mine.peek('key') === undefined);
    expect(await theirs.getOrSet('key', () => 'newer')).toMatch(/new/);
  });

  it('still invalidates by tag', async () => {
    const { mine, theirs, cache } = await fullWorld();
    await mine.set('tagged', 1, { tags: ['red'] });
    await until(async () => (await theirs.get('tagged')) === 1 && theirs.peek('tagged') === 1);
    await fill();
    await cache.invalidateTags(['red']);
    expect(await mine.get('tagged')).toBeUndefined();
    await until(async () => (await theirs.get('tagged')) === undefined);
    await empty();
    expect([await mine.get('tagged'), await theirs.get('tagged')]).toEqual([undefined, undefined]);
  });
});

describe('when an operator flushes the scripts', () => {
  it('prepares the connection anew and goes on', async () => {
    const cache = await world.open();
    const items = cache.namespace<number>('items', HOUR);
    expect(await items.getOrSet('a', () => 1)).toBe(1);
    const client = await createClient({ url: world.redis.url }).connect();
    await client.sendCommand(['SCRIPT', 'FLUSH']);
    expect(await items.getOrSet('b', () => 2)).toBe(2);
    await isUp(cache);
    await until(async () => {
      await items.getOrSet('c', () => 3);
      return Number(await client.sendCommand(['EXISTS', `${world.prefix}:v:items:c`])) === 1;
    });
    await client.close();
  });
});

describe('when the process that loads a value dies', () => {
  it('lets another load it after the lease', async () => {
    const dying = await world.open({ leaseMs: 200 });
    const cache = await world.open({ leaseMs: 200 });
    let isLoading = false;
    const stuck = dying.namespace<string>('items', HOUR).getOrSet('key', () => {
      isLoading = true;
      return new Promise<string>(() => undefined);
    });
    stuck.catch(() => undefined);
    await until(() => isLoading);
    await dying.close();
    expect(await cache.namespace<string>('items', HOUR).getOrSet('key', () => 'loaded')).toBe('loaded');
  });
});
