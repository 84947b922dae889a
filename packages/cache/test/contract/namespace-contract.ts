import type { CacheNamespace, NamespacePolicy } from '@dataguardian/cache';
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

  it('counts', async () => {
    const items = await open();
    expect([await items.increment('n'), await items.increment('n', { by: 5 })]).toEqual([1, 6]);
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
