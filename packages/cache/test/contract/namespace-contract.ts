import type { CacheNamespace, NamespacePolicy } from '@dataguardian/cache';
import { until } from '@dataguardian/testing';
import { expect, it } from 'vitest';

/** What a contract test needs of an implementation: a namespace with a name of its own. */
export type OpenNamespace = (policy?: Partial<NamespacePolicy>) => Promise<CacheNamespace<unknown>>;

/** What every namespace keeps, whatever tiers stand behind it. Call it inside a `describe`. */
export function describeNamespaceContract(open: OpenNamespace): void {
  it('gives back what was set, and undefined for what was not', async () => {
    const items = await open();
    await items.set('key', { a: [1, null, 'x'], at: new Date(5) });
    expect(await items.get('key')).toEqual({ a: [1, null, 'x'], at: new Date(5) });
    expect([await items.get('none'), await items.has('key'), await items.has('none')]).toEqual([
      undefined,
      true,
      false,
    ]);
  });

  it.each([[null], [0], [false], ['']])('treats %j as a value', async (value) => {
    const items = await open();
    await items.set('key', value);
    expect([await items.get('key'), await items.getOrSet('key', () => 'loaded')]).toEqual([value, value]);
  });

  it('gets and sets many in their order', async () => {
    const items = await open();
    await items.setMany([
      ['a', 1],
      ['b', 2],
    ]);
    expect(await items.getMany(['b', 'none', 'a'])).toEqual([2, undefined, 1]);
    await items.deleteMany(['a', 'b']);
    expect(await items.getMany(['a', 'b'])).toEqual([undefined, undefined]);
  });

  it('loads once for concurrent callers, and not again while the value is fresh', async () => {
    const items = await open();
    let loads = 0;
    const load = async (): Promise<number> => ++loads;
    const values = await Promise.all(Array.from({ length: 100 }, () => items.getOrSet('key', load)));
    expect([new Set(values), await items.getOrSet('key', load), loads]).toEqual([new Set([1]), 1, 1]);
  });

  it('loads what is missing of many in one call', async () => {
    const items = await open();
    await items.set('b', 'B');
    const asked: (readonly string[])[] = [];
    const load = async (missing: readonly string[]): Promise<string[]> => {
      asked.push(missing);
      return missing.map((key) => key.toUpperCase());
    };
    expect(await items.getOrSetMany(['a', 'b', 'c'], load)).toEqual(['A', 'B', 'C']);
    expect(asked.flat().toSorted()).toEqual(['a', 'c']);
  });

  it('never caches an error', async () => {
    const items = await open();
    const fail = (): Promise<never> => Promise.reject(new RangeError('source is down'));
    await expect(items.getOrSet('key', fail)).rejects.toThrow(RangeError);
    expect(await items.getOrSet('key', () => 'up again')).toBe('up again');
  });

  it('forgets what was deleted, tagged or cleared', async () => {
    const items = await open();
    await items.set('deleted', 1);
    await items.set('tagged', 2, { tags: ['red'] });
    await items.set('kept', 3, { tags: ['blue'] });
    await items.delete('deleted');
    await items.invalidateTags(['red']);
    expect(await items.getMany(['deleted', 'tagged', 'kept'])).toEqual([undefined, undefined, 3]);
    await items.clear();
    expect(await items.get('kept')).toBeUndefined();
  });

  it('follows a changed list of tags', async () => {
    const items = await open();
    await items.set('key', 1, { tags: ['red'] });
    await items.set('key', 2, { tags: ['blue'] });
    await items.invalidateTags(['red']);
    expect(await items.get('key')).toBe(2);
    await items.invalidateTags(['blue']);
    expect(await items.get('key')).toBeUndefined();
  });

  it('takes as many tags as it can keep, and refuses more', async () => {
    const items = await open();
    const tags = Array.from({ length: 126 }, (_, index) => `tag ${index}`);
    await items.set('key', 1, { tags });
    await items.invalidateTags(['tag 125']);
    expect(await items.get('key')).toBeUndefined();
    await expect(items.set('key', 1, { tags: [...tags, 'one more'] })).rejects.toMatchObject({
      code: 'CACHE_OPTIONS_INVALID',
    });
  });

  it('keeps a load from storing what was deleted meanwhile', async () => {
    const items = await open();
    const finish: ((value: string) => void)[] = [];
    const slow = items.getOrSet('key', () => new Promise<string>((resolve) => finish.push(resolve)));
    while (finish.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await items.delete('key');
    finish[0]?.('old');
    expect([await slow, await items.get('key')]).toEqual(['old', undefined]);
  });

  it('ends the wait of a caller whose signal is aborted, and the load when nobody waits', async () => {
    const items = await open();
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const waiting = items.getOrSet(
      'key',
      ({ signal }) =>
        new Promise<string>((_, reject) => {
          seen = signal;
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        }),
      { signal: controller.signal },
    );
    waiting.catch(() => undefined);
    while (seen === undefined) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('caller left'));
    await expect(waiting).rejects.toThrow('caller left');
    expect(seen.aborted).toBe(true);
  });

  it('ends the wait of a caller for many keys whose signal is aborted, and the load with it', async () => {
    const items = await open();
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const waiting = items.getOrSetMany(
      ['a', 'b'],
      (_missing, { signal }) =>
        new Promise<string[]>((_, reject) => {
          seen = signal;
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        }),
      { signal: controller.signal },
    );
    waiting.catch(() => undefined);
    while (seen === undefined) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('caller left'));
    await expect(waiting).rejects.toThrow('caller left');
    expect(seen.aborted).toBe(true);
    expect(await items.getOrSetMany(['a', 'b'], async (missing) => missing)).toEqual(['a', 'b']);
  });

  it('loads anew for a caller who comes right after all others have left', async () => {
    const items = await open();
    const controller = new AbortController();
    const left = items.getOrSet('key', () => 'unseen', { signal: controller.signal });
    left.catch(() => undefined);
    controller.abort(new Error('caller left'));
    expect(await items.getOrSet('key', () => 'seen')).toBe('seen');
    await expect(left).rejects.toThrow('caller left');
  });

  it('answers many keys in their order, each as often as it was asked for, and refuses a load that is too short', async () => {
    const items = await open();
    const upper = async (missing: readonly string[]): Promise<string[]> => missing.map((key) => key.toUpperCase());
    expect(await items.getOrSetMany(['b', 'a', 'b'], upper)).toEqual(['B', 'A', 'B']);
    expect(await items.getMany(['a', 'b'])).toEqual(['A', 'B']);
    await expect(items.getOrSetMany(['c', 'd'], async (missing) => missing.slice(1))).rejects.toMatchObject({
      code: 'CACHE_VALUE_UNSUPPORTED',
    });
  });

  it('stores many with a ttl and tags of their own', async () => {
    const items = await open();
    const entries = [
      ['a', 1],
      ['b', 2],
    ] as const;
    await items.setMany(entries, { tags: ['red'] });
    await items.invalidateTags(['red']);
    expect(await items.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    await items.setMany(entries, { ttlMs: 20 });
    await until(async () => !(await items.has('a')) && !(await items.has('b')));
  });

  it('loads anew when told to, and stores nothing when the load says so', async () => {
    const items = await open();
    await items.set('key', 'old');
    expect(await items.getOrSet('key', () => 'new', { refresh: 'always' })).toBe('new');
    expect(await items.get('key')).toBe('new');
    const skipping = items.getOrSet('other', ({ skipStore }) => {
      skipStore();
      return 'seen';
    });
    expect([await skipping, await items.get('other')]).toEqual(['seen', undefined]);
  });

  it('gives a value the ttl that its load chose', async () => {
    const items = await open();
    const short = items.getOrSet('key', ({ setTtl }) => {
      setTtl(20);
      return 1;
    });
    expect(await short).toBe(1);
    await until(async () => (await items.get('key')) === undefined);
  });

  it('gives a stored value a new remaining ttl, and says whether it was there', async () => {
    const items = await open();
    await items.set('key', 1);
    expect([await items.expire('none', 60_000), await items.expire('key', 60_000)]).toEqual([false, true]);
    expect(await items.get('key')).toBe(1);
    expect(await items.expire('key', 10)).toBe(true);
    await until(async () => (await items.get('key')) === undefined);
  });

  it('counts up and down, apart from values', async () => {
    const items = await open();
    expect([await items.increment('n'), await items.increment('n', { by: 5 })]).toEqual([1, 6]);
    expect([await items.increment('n', { by: -10 }), await items.increment('m')]).toEqual([-4, 1]);
    expect(await items.get('n')).toBeUndefined();
  });

  it('counts anew when the ttl of a counter is over', async () => {
    const items = await open();
    expect(await items.increment('n', { by: 7, ttlMs: 30 })).toBe(7);
    await until(async () => (await items.increment('n', { by: 0, ttlMs: 30 })) === 0);
  });

  it('refuses what is not data', async () => {
    const items = await open();
    await expect(items.set('key', { run: () => 1 })).rejects.toMatchObject({ code: 'CACHE_VALUE_UNSUPPORTED' });
  });

  it('hands out values that no reader can change for another', async () => {
    const items = await open();
    await items.set('key', { list: [1], when: new Map([['a', 1]]) });
    const first = (await items.get('key')) as { list: number[]; when: Map<string, number> };
    first.when.set('b', 2);
    expect(await items.get('key')).toEqual({ list: [1], when: new Map([['a', 1]]) });
  });
}
