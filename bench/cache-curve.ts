// How well the analyst predicts the hit ratio at other sizes, and what that costs.
import { HitRatioCurve } from '../packages/cache/src/analyst/hit-ratio-curve.ts';
import { createCache } from '../packages/cache/src/index.ts';
import type { MemoryTier } from '../packages/cache/src/memory/memory-tier.ts';
import { HASH_RANGE, mixForSample } from '../packages/cache/src/memory/sample.ts';
import { mix, replayAdaptive } from './cache-adaptive.ts';
import { interleave, round } from './cache-measure.ts';
import { replayLru } from './cache-policies.ts';
import { createPlatformTrace, createSyntheticTraces, readPublicTraces } from './cache-traces.ts';

const SIZE_RATIOS = [0.5, 1, 2, 4] as const;
/** As in hit-ratio-curve.ts. */
const MINI_ENTRIES = 512;

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
    overhead: await measureCurveOverhead(isShort ? 7 : 15),
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
  const watched = open(true);
  const unwatched = open(false);
  const read = async ({ items }: typeof watched): Promise<number> => {
    const before = process.cpuUsage();
    for (let index = 0; index < names.length; index++) await items.getOrSet(names[index] as string, () => index);
    const { user, system } = process.cpuUsage(before);
    return ((user + system) / names.length) * 1_000;
  };
  for (const one of [watched, unwatched, watched, unwatched]) await read(one);
  const times = await interleave(rounds, {
    'ns of processor time a request, with': () => read(watched),
    'ns of processor time a request, without': () => read(unwatched),
  });
  const { hitRatio } = watched.cache.stats();
  await watched.cache.close();
  await unwatched.cache.close();
  const ratio =
    (times['ns of processor time a request, with']?.median ?? 0) /
    (times['ns of processor time a request, without']?.median ?? 1);
  const lowest = (what: string): number => times[`ns of processor time a request, ${what}`]?.low ?? 1;
  return {
    ...times,
    'with over without': round(ratio),
    'with over without, the lowest of each': round(lowest('with') / lowest('without')),
    'hit ratio of the reads': round(hitRatio),
  };
}
