// How well the analyst predicts the hit ratio at other sizes, and what that costs.
import { calibrate, HitRatioCurve } from '../packages/cache/src/analyst/hit-ratio-curve.ts';
import { createCache } from '../packages/cache/src/index.ts';
import type { MemoryTier, RequestWatcher } from '../packages/cache/src/memory/memory-tier.ts';
import { HASH_RANGE, mixForSample } from '../packages/cache/src/memory/sample.ts';
import { mix, replayAdaptive } from './cache-adaptive.ts';
import { round, summarise } from './cache-measure.ts';
import { medianRange } from './median-range.ts';
import { replayLru } from './cache-policies.ts';
import { createPlatformTrace, createSyntheticTraces, readPublicTraces } from './cache-traces.ts';

/** The hit ratio at the present size is known and needs no prediction. */
const SIZE_RATIOS = [0.5, 2, 4] as const;
/** As in hit-ratio-curve.ts. */
const MINI_ENTRIES = 1_024;

/** Predictions beside replays, for the shipped policy and for plain recency. */
export function measureCurve({ isShort }: { readonly isShort: boolean }): unknown {
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
    const present = replayAdaptive(keys, size);
    const points = curve
      .points({ requests: keys.length, hits: present * keys.length })
      .filter(({ sizeRatio }) => sizeRatio >= 0.5 && sizeRatio !== 1);
    const errors = points.map(
      ({ sizeRatio, hitRatio }) => Math.abs(hitRatio - replayAdaptive(keys, Math.round(size * sizeRatio))) * 100,
    );
    const recency = SIZE_RATIOS.map(
      (ratio) => Math.abs(predictRecency(keys, { size, ratio }) - replayLru(keys, Math.round(size * ratio))) * 100,
    );
    return {
      trace: name,
      size,
      'is sampled': size > MINI_ENTRIES,
      'mean error, points': mean(errors),
      'largest error, points': round(Math.max(...errors)),
      'mean error for plain recency, points': mean(recency),
      'largest error for plain recency, points': round(Math.max(...recency)),
    };
  });
  const sampled = cells.filter((cell) => cell['is sampled']);
  return {
    'cells, and those among them that are sampled': [cells.length, sampled.length],
    'mean error over the sampled cells, points': mean(sampled.map((cell) => cell['mean error, points'])),
    'mean error over the sampled cells for plain recency, points': mean(
      sampled.map((cell) => cell['mean error for plain recency, points']),
    ),
    'mean error over all cells, points': mean(cells.map((cell) => cell['mean error, points'])),
    'largest error, points': Math.max(...cells.map((cell) => cell['largest error, points'])),
    'mean error for plain recency, points': mean(cells.map((cell) => cell['mean error for plain recency, points'])),
    cells,
  };
}

/** Sampling, miniature and corrections as the analyst has them, with LRU instead of the shipped policy. */
function predictRecency(keys: Int32Array, at: { readonly size: number; readonly ratio: number }): number {
  const mini = Math.min(at.size, MINI_ENTRIES);
  const share = mini / at.size;
  const sampled = keys.filter((key) => mixForSample(mix(key)) < share * HASH_RANGE);
  const expected = keys.length * share;
  const predict = (ratio: number): number =>
    (replayLru(sampled, Math.max(1, Math.round(mini * ratio))) * sampled.length + expected - sampled.length) / expected;
  return calibrate(predict(at.ratio), { predicted: predict(1), seen: replayLru(keys, at.size) });
}

function mean(values: readonly number[]): number {
  return round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/**
 * Reads through a full tier of 5,000 entries, with the analyst and without, in turns and on the same cache. The analyst
 * may take a share of the process' time, half of which it is not there: what it costs here is up to twice that share.
 */
export async function measureCurveCost({ isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const rounds = isShort ? 10 : 60;
  const keys = createSyntheticTraces().find(({ name }) => name === 'own-zipf')?.keys ?? new Int32Array();
  const names = Array.from(keys, (key) => `scan-details:${key}`);
  const cache = createCache({ memoryMaxEntries: 5_000 });
  const items = cache.namespace<number>('items', { ttlMs: 3_600_000, earlyRefreshRatio: 0 });
  // The only way to a cache without an analyst, which is not an option.
  const memory = Reflect.get(cache, 'memory') as MemoryTier;
  const watcher = Reflect.get(memory, 'watcher') as RequestWatcher;
  const read = async (isWatched: boolean): Promise<number> => {
    memory.watch(isWatched ? watcher : undefined);
    const before = process.cpuUsage();
    for (let index = 0; index < names.length; index++) await items.getOrSet(names[index] as string, () => index);
    const { user, system } = process.cpuUsage(before);
    return ((user + system) / names.length) * 1_000;
  };
  for (let warm = 0; warm < 4; warm++) await read(warm % 2 === 0);
  const times: number[] = [];
  const withRatios: number[] = [];
  const controlRatios: number[] = [];
  let former = await read(false);
  for (let pass = 0; pass < rounds; pass++) {
    const watched = await read(true);
    const next = await read(false);
    times.push(next);
    // Between two without: what drifts falls out.
    withRatios.push((2 * watched) / (former + next));
    controlRatios.push(next / former);
    former = next;
  }
  const { hitRatio } = cache.stats();
  await cache.close();
  return {
    'ns of processor time a request, without': summarise(times),
    'with over without, next to each other': summarise(withRatios),
    'its median lies between (95%)': medianRange(withRatios).map(round),
    'without over without: what the machine adds': summarise(controlRatios),
    'the median of that lies between (95%)': medianRange(controlRatios).map(round),
    'hit ratio of the reads': round(hitRatio),
  };
}
