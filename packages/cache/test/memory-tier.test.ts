import { constants, PerformanceObserver } from 'node:perf_hooks';
import { createFakeClock, createSeededRandom, until } from '@dataguardian/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE } from '../src/memory/entry-rows.ts';
import { MarkingWatch } from '../src/memory/marking-watch.ts';
import { MemoryTier } from '../src/memory/memory-tier.ts';
import { YoungCollector } from '../src/memory/young-collector.ts';

const gcBefore: unknown = Reflect.get(globalThis, 'gc');

function tierWorld(bounds = { maxBytes: 100_000, maxEntries: 100 }) {
  const clock = createFakeClock();
  const tier = new MemoryTier(bounds, clock);
  const space = tier.openSpace('items');
  const put = (key: string, bytes = 1_000, ttlMs = 60_000): void => {
    const endsAt = tier.now() + ttlMs;
    tier.put(space, key, {
      value: key,
      isCopied: false,
      bytes,
      freshUntil: endsAt,
      staleUntil: endsAt,
      refreshLeadMs: 0,
      stamp: { tags: [], tagVersions: [], epoch: 0 },
      version: '',
    });
  };
  return { clock, tier, space, put };
}

describe('collections of the young generation', () => {
  const marking = (isMarking = false, isMarkingNow = isMarking) => ({ isMarking, isMarkingNow: () => isMarkingNow });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are asked for whenever two megabytes have come to stay, between turns', async () => {
    const asked: string[] = [];
    const collector = new YoungCollector(marking(), ({ type }) => void asked.push(type));
    const grow = (from: number, to: number): void => {
      for (let kilobytes = from; kilobytes <= to; kilobytes++) collector.follow(kilobytes * 1_024);
    };
    grow(0, 2_000);
    await turn();
    expect(asked).toEqual([]);
    grow(2_000, 2_100);
    expect(asked).toEqual([]);
    await turn();
    expect(asked).toEqual(['minor']);
    // What comes is rejected at once.
    for (let set = 0; set < 10_000; set++) collector.follow(2_100 * 1_024 + (set % 7));
    await turn();
    expect(asked).toEqual(['minor']);
    collector.follow(0);
    grow(0, 2_100);
    await turn();
    expect(asked).toEqual(['minor', 'minor']);
  });

  it('are held off when the engine has begun to mark since they were wanted', async () => {
    const asked: string[] = [];
    const engine = marking(false, true);
    const collector = new YoungCollector(engine, ({ type }) => void asked.push(type));
    collector.follow(0);
    collector.follow(3_000_000);
    await turn();
    expect(asked).toEqual([]);
    engine.isMarkingNow = () => false;
    collector.follow(6_000_000);
    await turn();
    expect(asked).toEqual(['minor']);
  });

  it('are held off while the engine marks for a full one, which does their work', async () => {
    const asked: string[] = [];
    const engine = marking();
    const collector = new YoungCollector(engine, ({ type }) => void asked.push(type));
    collector.follow(0);
    Object.assign(engine, marking(true));
    collector.follow(1_000_000);
    collector.follow(8_000_000);
    await turn();
    expect(asked).toEqual([]);
    collector.follow(9_000_000);
    await turn();
    // It must not wait for a marking without end.
    expect(asked).toEqual(['minor']);
    collector.follow(14_000_000);
    Object.assign(engine, marking(false));
    collector.follow(14_500_000);
    collector.follow(16_000_000);
    await turn();
    expect(asked).toEqual(['minor']);
    collector.follow(16_700_000);
    await turn();
    expect(asked).toEqual(['minor', 'minor']);
  });

  it('are really had, and leave the globals as they were', async () => {
    let minorCount = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries() as unknown as { readonly detail: { readonly kind: number } }[])
        if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) minorCount += 1;
    });
    observer.observe({ entryTypes: ['gc'] });
    const collector = new YoungCollector(marking());
    for (let collection = 0; collection < 5; collection++) {
      collector.follow((collection + 1) * 3_000_000);
      await turn();
    }
    await until(() => minorCount >= 5);
    observer.disconnect();
    expect(Reflect.get(globalThis, 'gc')).toBe(gcBefore);
  });
});

describe('the watch over full collections', () => {
  it('sees the engine begin to mark, and end it', async () => {
    const watch = new MarkingWatch();
    const kept: object[] = [];
    const grow = (): void => {
      for (let item = 0; item < 20_000; item++) kept.push({ item, text: `item ${item}` });
    };
    await until(
      () => {
        grow();
        return watch.isMarking;
      },
      { intervalMs: 0 },
    );
    await until(
      () => {
        grow();
        return !watch.isMarkingNow();
      },
      { intervalMs: 0 },
    );
    watch.close();
    expect(kept.length).toBeGreaterThan(0);
  });
});

describe('the memory tier', () => {
  it('asks for collections while it fills and while values replace others, not for newcomers that it rejects', async () => {
    const { tier, put } = tierWorld({ maxBytes: 4_000_000, maxEntries: 4_000 });
    let collectionCount = 0;
    // Whether this process marks meanwhile is not for this test to say.
    const marking = { isMarking: false, isMarkingNow: () => false };
    Reflect.set(tier, 'young', new YoungCollector(marking, () => void (collectionCount += 1)));
    const putMany = async (from: number, to: number): Promise<void> => {
      for (let key = from; key < to; key++) {
        put(`key ${key}`);
        if (key % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await putMany(0, 4_000);
    const whileFilling = collectionCount;
    expect(whileFilling).toBe(1);
    await putMany(4_000, 12_000);
    const stayedBytes = (12_000 - tier.evictions.rejected) * 1_000;
    expect(tier.evictions.rejected).toBeGreaterThan(6_000);
    expect(collectionCount).toBeGreaterThan(whileFilling);
    expect(collectionCount).toBeLessThanOrEqual(stayedBytes / 2 ** 21);
    tier.close();
  });

  it('keeps within its bytes and its entries, whatever is put in', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 30_000 }))), (puts) => {
        const { tier, space, put } = tierWorld();
        for (const [key, bytes] of puts) put(`key ${key}`, bytes);
        const sum = [...space.entries.values()].reduce((total, slot) => total + tier.table.bytes(slot), 0);
        expect(tier.bytes).toBe(sum);
        expect(space.bytes).toBe(sum);
        expect(tier.entries).toBe(space.entries.size);
        expect(tier.bytes).toBeLessThanOrEqual(100_000);
        expect(tier.entries).toBeLessThanOrEqual(100);
        tier.close();
      }),
    );
  });

  it('lets go of what has expired without being asked', async () => {
    const { tier, put, clock } = tierWorld();
    put('short', 10, 500);
    put('long', 10, 3_600_000);
    await clock.advance(2_100);
    expect([tier.entries, tier.evictions.expired]).toEqual([1, 1]);
    await clock.advance(3_600_000);
    expect(tier.entries).toBe(0);
  });

  it('finds every expiry within two seconds, however far away it was', async () => {
    const { put, clock, space } = tierWorld({ maxBytes: 1e9, maxEntries: 10_000 });
    const random = createSeededRandom(5);
    const ends = new Map<string, number>();
    const wrong: string[] = [];
    for (let index = 0; index < 300; index++) {
      const ttlMs = Math.round(10 ** (random.next() * 5 + 1.5));
      put(`key ${index}`, 10, ttlMs);
      ends.set(`key ${index}`, ttlMs);
    }
    for (let elapsedMs = 0; elapsedMs < 4_000_000;) {
      const stepMs = 97_000;
      await clock.advance(stepMs);
      elapsedMs += stepMs;
      for (const [key, end] of ends) {
        if (end > elapsedMs && space.entries.get(key) === NONE) wrong.push(`${key} left early`);
        if (end < elapsedMs - 2_100 && space.entries.get(key) !== NONE) wrong.push(`${key} stayed`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps what is used often against a scan that passes by', () => {
    const { tier, space, put } = tierWorld();
    for (let round = 0; round < 20; round++) {
      for (let key = 0; key < 50; key++) {
        const slot = space.entries.get(`hot ${key}`);
        if (slot === NONE) put(`hot ${key}`);
        else tier.touch(slot);
      }
    }
    for (let key = 0; key < 1_000; key++) put(`scanned ${key}`);
    const kept = Array.from({ length: 50 }, (_, key) => space.entries.get(`hot ${key}`)).filter(
      (slot) => slot !== NONE,
    );
    expect(kept.length).toBeGreaterThan(45);
  });

  it('turns to recency when that is what the requests reward', () => {
    const { tier, space, put } = tierWorld();
    const random = createSeededRandom(3);
    for (let request = 0; request < 30_000; request++) {
      const key = `key ${Math.floor(request / 3) - Math.floor(random.next() * 80)}`;
      const slot = space.entries.get(key);
      if (slot === NONE) put(key);
      else tier.touch(slot);
    }
    expect(tier.windowRatio).toBeGreaterThan(0.5);
  });

  it('shrinks at once when its bounds are lowered', () => {
    const { tier, put } = tierWorld();
    for (let key = 0; key < 100; key++) put(`key ${key}`);
    tier.resize({ maxBytes: 20_000, maxEntries: 100 });
    expect(tier.bytes).toBeLessThanOrEqual(20_000);
  });
});
