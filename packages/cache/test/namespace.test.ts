import { createCache } from '@dataguardian/cache';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';

function cacheWorld(policy: Parameters<ReturnType<typeof createCache>['namespace']>[1] = { ttlMs: 1_000 }) {
  const clock = createFakeClock();
  const cache = createCache({ clock, random: () => 0.5 });
  const items = cache.namespace<unknown>('items', policy);
  let loads = 0;
  const load = async (): Promise<string> => `value ${++loads}`;
  closing.push(() => cache.close());
  return { clock, cache, items, load, loads: () => loads };
}
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('a namespace in memory', () => {
  it('loads once for a thousand concurrent callers', async () => {
    const { items, load, loads } = cacheWorld();
    const values = await Promise.all(Array.from({ length: 1_000 }, () => items.getOrSet('key', load)));
    expect([loads(), new Set(values).size]).toEqual([1, 1]);
  });

  it('holds null, zero, false and the empty string as values', async () => {
    const { items } = cacheWorld();
    for (const value of [null, 0, false, '']) {
      await items.set('key', value);
      expect(await items.getOrSet('key', () => 'loaded')).toBe(value);
    }
  });

  it('never stores undefined', async () => {
    const { items } = cacheWorld();
    await items.getOrSet('key', () => undefined);
    expect(await items.has('key')).toBe(false);
    await expect(items.set('key', undefined)).rejects.toMatchObject({ code: 'CACHE_VALUE_UNSUPPORTED' });
  });

  it('forgets a value when its ttl has passed', async () => {
    const { items, clock } = cacheWorld();
    await items.set('key', 1);
    await clock.advance(999);
    expect(await items.get('key')).toBe(1);
    await clock.advance(2);
    expect(await items.get('key')).toBeUndefined();
  });

  it('makes values with an invalidated tag invalid, and only those', async () => {
    const { items, cache } = cacheWorld();
    await items.set('a', 1, { tags: ['red'] });
    await items.set('b', 2, { tags: ['blue'] });
    await cache.invalidateTags(['red']);
    expect([items.peek('a'), items.peek('b')]).toEqual([undefined, 2]);
  });

  it('serves the former value while its source fails, and tries again later', async () => {
    const { items, clock, loads, load } = cacheWorld({ ttlMs: 1_000, graceMs: 10_000, retryAfterMs: 500 });
    await items.getOrSet('key', load);
    await clock.advance(1_500);
    const fail = (): Promise<never> => Promise.reject(new Error('source is down'));
    expect(await items.getOrSet('key', fail)).toBe('value 1');
    expect([await items.getOrSet('key', load), loads()]).toEqual(['value 1', 1]);
    await clock.advance(501);
    expect(await items.getOrSet('key', load)).toBe('value 2');
  });

  it('does not store a load that an invalidation overtook', async () => {
    const { items } = cacheWorld();
    let finish: (value: string) => void = () => undefined;
    const slow = items.getOrSet('key', () => new Promise((resolve) => (finish = resolve)));
    await Promise.resolve();
    await items.delete('key');
    finish('old');
    expect([await slow, await items.get('key')]).toEqual(['old', undefined]);
  });

  it('hands out values that nobody can change', async () => {
    const { items } = cacheWorld();
    await items.set('key', { list: [1, 2] });
    const value = (await items.get('key')) as { list: number[] };
    expect(() => value.list.push(3)).toThrow(TypeError);
    await items.set('dated', { at: new Date(0) });
    ((await items.get('dated')) as { at: Date }).at.setTime(5);
    expect(((await items.get('dated')) as { at: Date }).at.getTime()).toBe(0);
  });
});

describe('a load that runs while its tag is invalidated', () => {
  it('is not joined by those who come afterwards', async () => {
    const { items, cache } = cacheWorld();
    const finish: ((value: string) => void)[] = [];
    const load = (): Promise<string> => new Promise((resolve) => finish.push(resolve));
    const before = items.getOrSet('key', load, { tags: ['red'] });
    await cache.invalidateTags(['red']);
    const after = items.getOrSet('key', load, { tags: ['red'] });
    await Promise.resolve();
    finish[0]?.('old');
    finish[1]?.('new');
    expect([await before, await after, items.peek('key')]).toEqual(['old', 'new', 'new']);
  });
});
