// How well the analyst predicts the hit ratio at other sizes, and what that costs.
import { HitRatioCurve } from '../packages/cache/src/analyst/hit-ratio-curve.ts';
import { createCache } from '../packages/cache/src/index.ts';
import type { MemoryTier } from '../packages/cache/src/memory/memory-tier.ts';
import { HASH_RANGE, mixForSample } from '../packages/cache/src/memory/sample.ts';
import { mix, replayAdaptive } from './cache-adaptive.ts';
import { round, summarise } from './cache-measure.ts';
import { replayLru } from './cache-policies.ts';
import { createPlatformTrace, createSyntheticTraces, readPublicTraces } from './cache-traces.ts';

const SIZE_RATIOS = [0.5, 1, 2, 4] as const;
/** As in hit-ratio-curve.ts. */
const MINI_ENTRIES = 1_024;

/** Predictions beside replays, for the shipped policy and for plain recency. */
export async function measureCurve({ isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const cases = [
    ...readPublicTraces(process.env['CACHE_TRACES']),
    ...createSyntheticTraces(),
    createPlatformTrace(),
  ].flatMap(({ name, keys, sizes }) =>
    sizes
      .filter((size) => size >= 1_000 && keys.length >= 50 * size && keys.length < (isShort ? 600_000 : 2_000_000))
      .map((size) => ({ name, keys, size })),
  );
  const cells = cases.map(({ name, keys, size }) => {
    const curve = new HitRatioCurve(size);
    for (const key of keys) curve.record(mix(key));
    const points = curve.points(keys.length).filter(({ sizeRatio }) => sizeRatio >= 0.5);
    const errors = points.map(
      ({ sizeRatio, hitRatio }) => Math.abs(hitRatio - replayAdaptive(keys, Math.round(size * sizeRatio))) * 100,
    );
    const recency = SIZE_RATIOS.map(
      (ratio) => Math.abs(predictRecency(keys, { size, ratio }) - replayLru(keys, Math.round(size * ratio))) * 100,
    );
    return {
      trace: name,
      size,
      'mean error, points': mean(errors),
      'largest error, points': round(Math.max(...errors)),
      'mean error for plain recency, points': mean(recency),
      'largest error for plain recency, points': round(Math.max(...recency)),
    };
  });
  return {
    'mean error over all cells, points': mean(cells.map((cell) => cell['mean error, points'])),
    'largest error, points': Math.max(...cells.map((cell) => cell['largest error, points'])),
    'mean error for plain recency, points': mean(cells.map((cell) => cell['mean error for plain recency, points'])),
    overhead: await measureCurveOverhead(isShort ? 9 : 30),
    cells,
  };
}

/** Sampling, miniature and correction as the analyst has them, with LRU instead of the shipped policy. */
function predictRecency(keys: Int32Array, at: { readonly size: number; readonly ratio: number }): number {
  const mini = Math.min(at.size, MINI_ENTRIES);
  const share = mini / at.size;
  const sampled = keys.filter((key) => mixForSample(mix(key)) < share * HASH_RANGE);
  const hits = replayLru(sampled, Math.max(1, Math.round(mini * at.ratio))) * sampled.length;
  const expected = keys.length * share;
  return (hits + expected - sampled.length) / expected;
}

function mean(values: readonly number[]): number {
  return round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** Reads through a full tier of 5,000 entries, with the analyst and without. */
async function measureCurveOverhead(rounds: number): Promise<unknown> {
  const keys = createSyntheticTraces().find(({ name }) => name === 'own-zipf')?.keys ?? new Int32Array();
  const names = Array.from(keys, (key) => `scan-details:${key}`);
  const open = (isWatched: boolean) => {
    const cache = createCache({ memoryMaxEntries: 5_000 });
    // The only way to a cache without an analyst, which is not an option.
    if (!isWatched) (Reflect.get(cache, 'memory') as MemoryTier).watch(undefined);
    return { cache, items: cache.namespace<number>('items', { ttlMs: 3_600_000, earlyRefreshRatio: 0 }) };
  };
  const caches = { watched: open(true), unwatched: open(false), control: open(false) };
  const read = async (name: keyof typeof caches): Promise<number> => {
    const before = process.threadCpuUsage();
    for (let index = 0; index < names.length; index++)
      await caches[name].items.getOrSet(names[index] as string, () => index);
    const { user, system } = process.threadCpuUsage(before);
    return ((user + system) / names.length) * 1_000;
  };
  const order = ['watched', 'unwatched', 'control'] as const;
  for (const name of [...order, ...order]) await read(name);
  const withRatios: number[] = [];
  const controlRatios: number[] = [];
  const times: number[] = [];
  for (let pass = 0; pass < rounds; pass++) {
    const taken = { watched: 0, unwatched: 0, control: 0 };
    // Each is the first, the second and the third in turn.
    for (let place = 0; place < order.length; place++) {
      const name = order[(place + pass) % order.length] as (typeof order)[number];
      taken[name] = await read(name);
    }
    withRatios.push(taken.watched / taken.unwatched);
    controlRatios.push(taken.control / taken.unwatched);
    times.push(taken.unwatched);
  }
  const { hitRatio } = caches.watched.cache.stats();
  for (const { cache } of Object.values(caches)) await cache.close();
  return {
    'ns of processor time a request, without': summarise(times),
    'with over without, in pairs': summarise(withRatios),
    'without over another without, in pairs: what the machine adds': summarise(controlRatios),
    'hit ratio of the reads': round(hitRatio),
  };
}
