import { until } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisWorld, type RedisWorld } from './worlds.ts';

let world: RedisWorld;
beforeAll(async () => {
  world = await redisWorld();
});
afterAll(() => world.close());

const HOUR = { ttlMs: 3_600_000 };

describe.each(['tracking', 'bus'] as const)('two caches on one Redis, coherent by %s', (coherence) => {
  const open = async (name: string) => {
    const [first, second] = await Promise.all([world.open({ coherence }), world.open({ coherence })]);
    const scope = `${name}-${coherence}`;
    return {
      first: first.namespace<unknown>(scope, HOUR),
      second: second.namespace<unknown>(scope, HOUR),
      caches: [first, second] as const,
    };
  };

  it('is up', async () => {
    const { caches } = await open('up');
    expect(caches.map((cache) => cache.health().status)).toEqual(['up', 'up']);
  });

  it('reads in one what the other wrote', async () => {
    const { first, second } = await open('reads');
    await first.set('key', { name: 'Anna', at: new Date(5) });
    expect(await second.get('key')).toEqual({ name: 'Anna', at: new Date(5) });
    expect(await second.getMany(['none', 'key'])).toEqual([undefined, { name: 'Anna', at: new Date(5) }]);
  });

  it('sees in memory that the other changed a value', async () => {
    const { first, second } = await open('changes');
    await first.set('key', 1);
    expect(await second.get('key')).toBe(1);
    // A message about the first write may still be under way and empty the memory once more.
    await until(async () => (await second.get('key')) === 1 && second.peek('key') === 1);
    await first.set('key', 2);
    await until(async () => (await second.get('key')) !== 1, { intervalMs: 1 });
    expect(await second.get('key')).toBe(2);
  });

  it('sees deletes, tags and clears of the other', async () => {
    const { first, second } = await open('gone');
    await first.set('a', 1);
    await first.set('b', 2, { tags: ['blue'] });
    await first.set('c', 3);
    expect(await second.getMany(['a', 'b', 'c'])).toEqual([1, 2, 3]);
    await first.delete('a');
    await until(async () => (await second.get('a')) === undefined, { intervalMs: 1 });
    await first.invalidateTags(['blue']);
    await until(async () => (await second.get('b')) === undefined, { intervalMs: 1 });
    expect(await second.getMany(['a', 'b', 'c'])).toEqual([undefined, undefined, 3]);
    await first.clear();
    await until(async () => (await second.get('c')) === undefined, { intervalMs: 1 });
    expect(await second.getMany(['a', 'b', 'c'])).toEqual([undefined, undefined, undefined]);
  });

  it('loads a cold key once for both', async () => {
    const { first, second } = await open('stampede');
    let loads = 0;
    const load = async (): Promise<number> => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return loads;
    };
    const calls = [first, second].flatMap((space) => Array.from({ length: 100 }, () => space.getOrSet('key', load)));
    expect([new Set(await Promise.all(calls)), loads]).toEqual([new Set([1]), 1]);
  });

  it('does not store a load that the other overtook by a write', async () => {
    const { first, second } = await open('refill');
    let finish: (value: string) => void = () => undefined;
    const slow = first.getOrSet('key', () => new Promise<string>((resolve) => (finish = resolve)));
    await until(() => finish.length === 1, { intervalMs: 1 });
    await second.set('key', 'new');
    finish('old');
    await slow;
    expect([await first.get('key'), await second.get('key')]).toEqual(['new', 'new']);
  });

  it('counts together, and expires together', async () => {
    const { first, second } = await open('counts');
    await first.increment('hits');
    expect(await second.increment('hits', { by: 2 })).toBe(3);
    await first.set('key', 1);
    expect(await second.get('key')).toBe(1);
    expect(await first.expire('key', 1)).toBe(true);
    await until(async () => (await second.get('key')) === undefined);
    expect(await first.expire('never there', 1)).toBe(false);
  });
});

describe('a private namespace', () => {
  it('hears of changes under hidden names, however many names it has used', async () => {
    const encryption = { currentKeyId: 'k', keys: { k: Buffer.alloc(32, 7) } };
    const [first, second] = await Promise.all([
      world.open({ encryption, memoryMaxEntries: 20 }),
      world.open({ encryption, memoryMaxEntries: 20 }),
    ]);
    const mine = first.namespace<number>('private', { ...HOUR, private: true });
    const theirs = second.namespace<number>('private', { ...HOUR, private: true });
    const keys = Array.from({ length: 100 }, (_, index) => `person ${index}`);
    await theirs.setMany(keys.map((key) => [key, 1]));
    expect(new Set(await mine.getMany(keys))).toEqual(new Set([1]));
    await theirs.setMany(keys.map((key) => [key, 2]));
    await until(async () => (await mine.getMany(keys)).every((value) => value === 2));
    expect(keys.filter((key) => mine.peek(key) === 1)).toEqual([]);
  });
});
