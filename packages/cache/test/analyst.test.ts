import { createCache, type Cache, type CacheNamespace, type NamespacePolicy } from '@dataguardian/cache';
import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { DutyCycle } from '../src/analyst/duty-cycle.ts';
import { calibrate, HitRatioCurve } from '../src/analyst/hit-ratio-curve.ts';
import { hashKey } from '../src/memory/key-hash.ts';
import { afterEach, describe, expect, it } from 'vitest';

let cache: Cache;
afterEach(() => cache.close());

function analystWorld(entries = 200) {
  const clock = createFakeClock();
  cache = createCache({ clock, random: () => 0.5, memoryMaxBytes: entries * 1_000, memoryMaxEntries: entries });
  return { clock, items: cache.namespace<number>('items', { ttlMs: 60_000, graceMs: 600_000 }) };
}

/** Reads keys so that twice the memory holds nearly all of them. */
async function readAround(items: CacheNamespace<number>, requests: number, keyCount: number): Promise<void> {
  const random = createSeededRandom(1);
  for (let request = 0; request < requests; request++) {
    const key = Math.floor(random.next() * keyCount);
    await items.getOrSet(`key ${key}`, () => key);
  }
}

describe('the analyst', () => {
  it('predicts the hit ratio at other sizes', async () => {
    const { items } = analystWorld();
    await readAround(items, 10_000, 400);
    const curve = cache.analyst.curve();
    const at = (sizeRatio: number): number => curve.find((point) => point.sizeRatio === sizeRatio)?.hitRatio ?? 0;
    // 400 keys, read evenly: half of the memory they need gives half of the hits.
    expect(at(0.5)).toBeCloseTo(0.25, 1);
    expect(at(1)).toBeCloseTo(0.5, 1);
    expect(at(2)).toBeGreaterThan(0.95);
    expect(cache.stats().hitRatio).toBeCloseTo(at(1), 1);
  });

  it('proposes more memory with proof, applies it, and verifies that it helped', async () => {
    const { items } = analystWorld();
    await readAround(items, 10_000, 400);
    const [proposal] = cache.analyst.proposals();
    expect(proposal?.change).toEqual({ kind: 'memory-size', fromBytes: 200_000, toBytes: 400_000 });
    const id = proposal?.id ?? '';
    const revert = cache.analyst.apply(id);
    expect([cache.stats().memoryMaxBytes, cache.analyst.verify(id)?.state]).toEqual([400_000, 'early']);
    await readAround(items, 10_000, 400);
    expect(cache.analyst.verify(id)).toMatchObject({ state: 'kept' });
    revert?.();
    expect(cache.stats().memoryMaxBytes).toBe(200_000);
  });

  it('sees at once that memory was made too small: what it has let go of is still known', async () => {
    const { items, clock } = analystWorld(1_000);
    await readAround(items, 8_000, 400);
    cache.analyst.carryOut({ kind: 'memory-size', fromBytes: 1_000_000, toBytes: 200_000 });
    await readAround(items, 200, 400);
    await clock.advance(2_000);
    await readAround(items, 2_500, 400);
    expect(cache.analyst.proposals()[0]?.change).toMatchObject({ kind: 'memory-size', fromBytes: 200_000 });
    const points = new Map(cache.analyst.curve().map(({ sizeRatio, hitRatio }) => [sizeRatio, hitRatio]));
    expect(points.get(1)).toBeCloseTo(0.5, 1);
    expect(points.get(2)).toBeGreaterThan(0.9);
  });

  it('proposes nothing when more memory would not help', async () => {
    const { items } = analystWorld();
    await readAround(items, 5_000, 150);
    expect(cache.analyst.proposals()).toEqual([]);
  });

  it('advises a longer ttl when refreshes bring the same value', async () => {
    const { items, clock } = analystWorld();
    for (let round = 0; round < 220; round++) {
      await items.getOrSet('steady', () => 7);
      await clock.advance(61_000);
    }
    expect(cache.analyst.proposals().map(({ change }) => change)).toEqual([
      { kind: 'ttl', namespace: 'items', fromMs: 60_000, toMs: 120_000 },
    ]);
    // 55 compared refreshes without a change: up to 6.5% may change within a ttl.
    const { outdatedReadRatio } = cache.analyst.proposals()[0]?.proof ?? {};
    expect(outdatedReadRatio?.now).toBeCloseTo(0.033, 2);
    expect(outdatedReadRatio?.expected).toBeCloseTo(0.064, 2);
  });

  it('advises no longer ttl when a tenth of the refreshes bring another value', async () => {
    const { items, clock } = analystWorld();
    for (let round = 0; round < 220; round++) {
      await items.getOrSet('moving', () => Math.floor(round / 5));
      await clock.advance(61_000);
    }
    expect(cache.analyst.proposals()).toEqual([]);
  });

  it('proposes that values which nobody reads again leave memory, and carries it out', async () => {
    const { items } = analystWorld();
    for (let index = 0; index < 3_000; index++) await items.set(`once ${index}`, index);
    const proposal = cache.analyst.proposals().find(({ change }) => change.kind === 'leave-memory');
    expect(proposal).toMatchObject({ change: { namespace: 'items' }, proof: { sampleSize: 2_800 } });
    const revert = cache.analyst.apply(proposal?.id ?? '');
    expect(cache.analyst.proposals()).toEqual([]);
    revert?.();
    expect(cache.analyst.proposals()).toHaveLength(1);
  });

  it('carries out a longer ttl at run time, and takes it back', async () => {
    const { items, clock } = analystWorld();
    for (let round = 0; round < 220; round++) {
      await items.getOrSet('steady', () => 7);
      await clock.advance(61_000);
    }
    const revert = cache.analyst.apply(cache.analyst.proposals()[0]?.id ?? '');
    await items.set('key', 1);
    await clock.advance(90_000);
    expect(items.peek('key')).toBe(1);
    revert?.();
    await items.set('key', 1);
    await clock.advance(90_000);
    expect(items.peek('key')).toBeUndefined();
  });

  it('names the hot keys and the oversized values, but none of a private namespace', async () => {
    const { items } = analystWorld();
    const secrets = cache.namespace<string>('secrets', { ttlMs: 60_000, private: true });
    await secrets.set('anna', 'x'.repeat(20_000));
    await items.set('hot', 1);
    const texts = cache.namespace<string>('texts', { ttlMs: 60_000 });
    await texts.set('long', 'x'.repeat(20_000));
    for (let read = 0; read < 20_000; read++) items.peek('hot');
    for (let read = 0; read < 20_000; read++) secrets.peek('anna');
    expect(cache.analyst.hotKeys().map(({ key }) => key)).toEqual(['hot']);
    expect(cache.analyst.oversized().map(({ key }) => key)).toEqual(['long']);
  });
});

describe('what a hot key would gain', () => {
  /** One key that is read each millisecond, lives for half a second and takes ten milliseconds to load. */
  function hotWorld(policy: NamespacePolicy = {}) {
    const clock = createFakeClock();
    const random = createSeededRandom(3);
    cache = createCache({ clock, random: () => random.next() });
    const items = cache.namespace<string>('items', { ttlMs: 500, ...policy });
    let loads = 0;
    const load = async (): Promise<string> => {
      loads += 1;
      await clock.sleep(10);
      return `value ${loads}`;
    };
    const read = async (seconds: number): Promise<void> => {
      for (let ms = 0; ms < seconds * 1_000; ms++) {
        void items.getOrSet('hot', load);
        await clock.advance(1);
      }
    };
    const refreshes = () => cache.analyst.proposals().filter(({ change }) => change.kind === 'early-refresh');
    return { read, refreshes, loads: () => loads };
  }

  it('is proposed from the reads that waited for it, applied while running, and seen to be kept', async () => {
    const { read, refreshes, loads } = hotWorld();
    await read(30);
    const loadsBefore = loads();
    const [proposal] = refreshes();
    expect(proposal?.change).toEqual({
      kind: 'early-refresh',
      namespace: 'items',
      fromRatio: 1,
      toRatio: 4,
      ttlMs: 500,
    });
    const { now = 0, expected = 1 } = proposal?.proof.waitingReadRatio ?? {};
    // Each half second, for the 0.37 of a load of 10 ms that the refresh came too late.
    expect(now / ((0.37 * 10) / 500)).toBeGreaterThan(0.7);
    expect(now / ((0.37 * 10) / 500)).toBeLessThan(1.4);
    cache.analyst.apply(proposal?.id ?? '');
    expect(refreshes()).toEqual([]);
    await read(30);
    const verdict = cache.analyst.verify(proposal?.id ?? '');
    expect(verdict?.state).toBe('kept');
    expect(verdict?.waitingReadRatio?.after).toBeLessThan(now / 2);
    expect(verdict?.waitingReadRatio?.after).toBeLessThan(expected * 2);
    expect((loads() - loadsBefore) / loadsBefore).toBeLessThan(1 + (proposal?.proof.moreLoadsRatio ?? 0));
  });

  it('takes the change back when told to', async () => {
    const { read, refreshes } = hotWorld();
    await read(30);
    const revert = cache.analyst.apply(refreshes()[0]?.id ?? '');
    revert?.();
    await read(30);
    expect(refreshes()[0]?.change).toMatchObject({ fromRatio: 1, toRatio: 4 });
  });

  it('is nothing where stale values are served at once, or where a refresh would double the loads', async () => {
    const served = hotWorld({ graceMs: 5_000, staleWhileRevalidateMs: 5_000 });
    await served.read(20);
    expect(served.refreshes()).toEqual([]);
    await cache.close();
    const short = hotWorld({ ttlMs: 100 });
    await short.read(20);
    expect(cache.stats().namespaces[0]?.lapsedReads).toBeGreaterThan(100);
    expect(short.refreshes()).toEqual([]);
  });
});

describe('the share of time that simulating takes', () => {
  it('is kept: work rests until its share is made up for', async () => {
    const clock = createFakeClock();
    const duty = new DutyCycle({ clock, share: 0.01, processorMs: () => 0 });
    // The fake clock stands still while work runs, so the work moves it.
    let spentMs = 0;
    const slow = { ...clock, monotonic: () => clock.monotonic() + spentMs };
    let idleMs = 0;
    const busy = new DutyCycle({ clock: slow, share: 0.01, processorMs: () => slow.monotonic() - idleMs });
    let pieces = 0;
    while (!busy.isResting && pieces < 1_000)
      busy.run(() => {
        pieces += 1;
        spentMs += 1;
      });
    expect([pieces, busy.isResting]).toEqual([64, true]);
    spentMs += 6_300;
    busy.wake(slow.monotonic());
    expect(busy.isResting).toBe(true);
    // Time in which the process did nothing, as when it waits for a core, earns nothing.
    spentMs += 1_000;
    idleMs += 1_000;
    busy.wake(slow.monotonic());
    expect(busy.isResting).toBe(true);
    spentMs += 100;
    busy.wake(slow.monotonic());
    expect(busy.isResting).toBe(false);
    for (let piece = 0; piece < 1_000; piece++) duty.run(() => undefined);
    expect(duty.isResting).toBe(false);
  });

  it('lets a first sample through, which is not counted', () => {
    let nowMs = 0;
    const clock = { ...createFakeClock(), monotonic: () => nowMs };
    const duty = new DutyCycle({ clock, share: 0.01, processorMs: () => nowMs });
    const workUntilRest = (): number => {
      let pieces = 0;
      while (!duty.isResting && pieces < 10_000)
        duty.run(() => {
          pieces += 1;
          nowMs += 1;
        });
      return pieces;
    };
    duty.advance(150);
    expect(workUntilRest()).toBe(150 + 64);
    // Only what came after the advance is made up for: it rests until a hundred times as much has passed.
    nowMs += 6_000;
    duty.wake(nowMs);
    expect(duty.isResting).toBe(true);
    nowMs += 500;
    duty.wake(nowMs);
    expect(duty.isResting).toBe(false);
    expect(workUntilRest()).toBe(64);
  });

  it.each([
    [0.6, 0.5, 0.55],
    [0.6, 0.5, 0.4],
    [1, 1, 0.9],
    [0, 0, 0.2],
  ])('is put right by what the tier itself hits: %f where %f was predicted and %f seen', (other, predicted, seen) => {
    expect(calibrate(predicted, { predicted, seen })).toBeCloseTo(seen, 12);
    const put = calibrate(other, { predicted, seen });
    expect(put).toBeGreaterThanOrEqual(other >= predicted ? seen - 1e-12 : 0);
    expect(put).toBeLessThanOrEqual(1);
  });

  it('tells two sizes apart at once when it begins with what is in memory', () => {
    const random = createSeededRandom(5);
    const key = (): number => hashKey(`key ${Math.floor(40_000 ** random.next())}`);
    const resident = new Set(Array.from({ length: 10_000 }, key));
    const spreadOf = (curve: HitRatioCurve): number => {
      for (let request = 1; request <= 7_000; request++) curve.record(key());
      const ratioAt = (size: number): number =>
        curve.points({ requests: 7_000, hits: 4_900 }).find(({ sizeRatio }) => sizeRatio === size)?.hitRatio ??
        Number.NaN;
      return ratioAt(2) - ratioAt(1);
    };
    const empty = new HitRatioCurve(3_600);
    const seen = { requests: 0, hits: 0 };
    const filled = new HitRatioCurve(3_600, { seen, resident });
    // Little by little, so that no request waits for it.
    let stepCount = 1;
    while (!filled.takeInResident(seen)) stepCount += 1;
    expect(stepCount).toBe(Math.floor(resident.size / 28) + 1);
    expect(spreadOf(empty)).toBeLessThan(0.01);
    expect(spreadOf(filled)).toBeGreaterThan(0.03);
  });

  it('does not bend the curve: what passes during a rest does not count', () => {
    const curve = new HitRatioCurve(100);
    for (let key = 0; key < 50; key++) curve.record(hashKey(`key ${key}`));
    for (let key = 0; key < 50; key++) curve.record(hashKey(`key ${key}`));
    const seen = { requests: 100, hits: 50 };
    const before = curve.points(seen);
    curve.pause(seen);
    const later = { requests: 5_000, hits: 4_900 };
    expect(curve.points(later)).toEqual(before);
    curve.resume(later);
    expect(curve.points(later)).toEqual(before);
  });
});
