import { createCache, type NamespacePolicy, policies } from '@dataguardian/cache';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A namespace of that policy, with a source that takes as long and fails as often as told. */
function policyWorld(policy: NamespacePolicy, random: () => number = () => 0.5) {
  const clock = createFakeClock();
  const cache = createCache({ clock, random });
  closing.push(() => cache.close());
  const source = { takesMs: 0, isDown: false, loads: 0 };
  const items = cache.namespace<unknown>('items', policy);
  const load = async ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
    source.loads += 1;
    const value = `value ${source.loads}`;
    if (source.takesMs > 0) await clock.sleep(source.takesMs, signal);
    if (source.isDown) throw new Error('source is down');
    return value;
  };
  return { clock, cache, items, source, read: () => items.getOrSet('key', load) };
}
const STEADY = { jitterRatio: 0, earlyRefreshRatio: 0 };

describe('how long values live', () => {
  it('is as the kind of data says', () => {
    const hours = Object.fromEntries(Object.entries(policies).map(([kind, { ttlMs }]) => [kind, ttlMs / 3_600_000]));
    expect(hours).toEqual({
      scanResults: 2,
      complianceScores: 1,
      sessions: 0.5,
      dashboardData: 5 / 60,
      largeDataSets: 4,
      standard: 1,
    });
  });

  it('is an hour where nobody says otherwise', async () => {
    const { clock, items } = policyWorld(STEADY);
    await items.set('key', 1);
    await clock.advance(3_599_000);
    expect(items.peek('key')).toBe(1);
    await clock.advance(2_000);
    expect(items.peek('key')).toBeUndefined();
  });

  it.each([
    [0, 951],
    [0.999_999, 1_049],
  ])('is spread: a draw of %d ends it around %i ms', async (draw, aroundMs) => {
    const { clock, items } = policyWorld({ ttlMs: 1_000, earlyRefreshRatio: 0 }, () => draw);
    await items.set('key', 1);
    await clock.advance(aroundMs - 3);
    expect(items.peek('key')).toBe(1);
    await clock.advance(6);
    expect(items.peek('key')).toBeUndefined();
  });

  it('is another for the absence of a value', async () => {
    const { clock, items } = policyWorld({ ...STEADY, ttlMs: 10_000, negativeTtlMs: 100 });
    let asked = 0;
    const findNobody = () => items.getOrSet('key', () => (asked++, null));
    expect([await findNobody(), await findNobody(), asked]).toEqual([null, null, 1]);
    await clock.advance(101);
    expect([await findNobody(), asked]).toEqual([null, 2]);
  });

  it('is what a load decides, which may also keep its value from being stored', async () => {
    const { clock, items } = policyWorld({ ...STEADY, ttlMs: 10_000 });
    await items.getOrSet('short', ({ setTtl }) => (setTtl(50), 1));
    await items.getOrSet('once', ({ skipStore }) => (skipStore(), 1));
    expect([items.peek('short'), items.peek('once')]).toEqual([1, undefined]);
    await clock.advance(51);
    expect(items.peek('short')).toBeUndefined();
  });
});

describe('a slow source', () => {
  it('is waited for until the soft time-out when a value within grace is there, and its value is stored', async () => {
    const { clock, source, read } = policyWorld({ ...STEADY, ttlMs: 100, graceMs: 60_000, softTimeoutMs: 50 });
    await read();
    await clock.advance(101);
    source.takesMs = 1_000;
    const waiting = read();
    await clock.advance(51);
    expect(await waiting).toBe('value 1');
    await clock.advance(1_000);
    expect([await read(), source.loads]).toEqual(['value 2', 2]);
  });

  it('is given up at the hard time-out', async () => {
    const { clock, source, read } = policyWorld({ ...STEADY, ttlMs: 100, hardTimeoutMs: 500 });
    source.takesMs = 1_000;
    const outcome = read().catch((error: unknown) => error);
    await clock.advance(501);
    expect(await outcome).toMatchObject({ code: 'CACHE_LOAD_TIMEOUT' });
  });

  it('holds nobody up while a stale value may be served: one refresh runs', async () => {
    const { clock, source, read } = policyWorld({ ...STEADY, ttlMs: 100, graceMs: 1_000, staleWhileRevalidateMs: 500 });
    await read();
    await clock.advance(101);
    source.takesMs = 30;
    expect([await read(), await read(), source.loads]).toEqual(['value 1', 'value 1', 2]);
    await clock.advance(31);
    expect([await read(), source.loads]).toEqual(['value 2', 2]);
  });

  it('is asked before the end of the ttl, in proportion to the time it takes', async () => {
    // -ln(1 - 0.632) is about 1: the refresh is due one load time before the end.
    const { clock, source, read } = policyWorld({ jitterRatio: 0, ttlMs: 10_000 }, () => 0.632);
    source.takesMs = 1_000;
    const first = read();
    await clock.advance(1_000);
    await first;
    await clock.advance(8_900);
    expect([await read(), source.loads]).toEqual(['value 1', 1]);
    await clock.advance(200);
    expect([await read(), source.loads]).toEqual(['value 1', 2]);
    await clock.advance(1_000);
    expect([await read(), source.loads]).toEqual(['value 2', 2]);
  });
});

describe('a source that fails', () => {
  it('is asked by each caller: an error is not cached', async () => {
    const { source, read } = policyWorld({ ...STEADY, ttlMs: 100 });
    source.isDown = true;
    await expect(read()).rejects.toThrow('source is down');
    await expect(read()).rejects.toThrow('source is down');
    source.isDown = false;
    expect([await read(), source.loads]).toEqual(['value 3', 3]);
  });

  it('is left alone for a while when the namespace asks for that', async () => {
    const { clock, source, read } = policyWorld({ ...STEADY, ttlMs: 100, errorTtlMs: 1_000 });
    source.isDown = true;
    await expect(read()).rejects.toThrow('source is down');
    source.isDown = false;
    await expect(read()).rejects.toThrow('source is down');
    expect(source.loads).toBe(1);
    await clock.advance(1_001);
    expect([await read(), source.loads]).toEqual(['value 2', 2]);
  });

  it('is asked again at once when the key changes', async () => {
    const { items, source, read } = policyWorld({ ...STEADY, ttlMs: 100, errorTtlMs: 60_000 });
    source.isDown = true;
    await expect(read()).rejects.toThrow('source is down');
    source.isDown = false;
    await items.delete('key');
    expect(await read()).toBe('value 2');
  });

  it('does not hide a value within grace', async () => {
    const { clock, source, read } = policyWorld({ ...STEADY, ttlMs: 100, graceMs: 60_000, errorTtlMs: 60_000 });
    await read();
    await clock.advance(101);
    source.isDown = true;
    expect([await read(), await read()]).toEqual(['value 1', 'value 1']);
  });
});

describe('what is handed out', () => {
  it('is the same frozen object at each hit, without waiting', async () => {
    const { items } = policyWorld(STEADY);
    await items.set('key', { list: [1] });
    const seen = items.peek('key');
    expect([seen === items.peek('key'), seen === (await items.get('key')), Object.isFrozen(seen)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(items.peek('none')).toBeUndefined();
  });

  it('is a copy that may be changed, when asked for', async () => {
    const { items } = policyWorld({ ...STEADY, handOut: 'copied' });
    await items.set('key', { list: [1] });
    ((await items.get('key')) as { list: number[] }).list.push(2);
    expect([items.peek('key'), await items.getOrSet('key', () => 'loaded')]).toEqual([{ list: [1] }, { list: [1] }]);
  });

  it('is not kept when it is too large', async () => {
    const { items } = policyWorld({ ...STEADY, maxValueBytes: 10_000 });
    expect(await items.getOrSet('large', () => 'x'.repeat(20_000))).toHaveLength(20_000);
    await items.set('small', 'x'.repeat(2_000));
    expect([items.peek('large'), items.peek('small') !== undefined]).toEqual([undefined, true]);
  });

  it('is loaded anew when asked for, although it is fresh', async () => {
    const { items, read } = policyWorld(STEADY);
    await read();
    expect(await items.getOrSet('key', () => 'other', { refresh: 'always' })).toBe('other');
    expect(items.peek('key')).toBe('other');
  });
});

describe('what is counted', () => {
  it('tells why values left memory, by namespace', async () => {
    const clock = createFakeClock();
    const cache = createCache({ clock, random: () => 0.5, memoryMaxEntries: 10, memoryMaxBytes: 10_000 });
    closing.push(() => cache.close());
    const crowded = cache.namespace<number>('crowded', STEADY);
    const brief = cache.namespace<number>('brief', { ...STEADY, ttlMs: 100 });
    await brief.set('key', 1);
    await clock.advance(5_000);
    for (let index = 0; index < 30; index++) await crowded.set(`key ${index}`, index);
    const [first, second] = cache.stats().namespaces;
    expect(first?.evictions.size === undefined ? 0 : first.evictions.size + first.evictions.rejected).toBe(20);
    expect([second?.evictions, second?.name]).toEqual([{ size: 0, expired: 1, rejected: 0 }, 'brief']);
  });
});
