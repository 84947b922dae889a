import { createAdvisor } from '@dataguardian/advisor';
import { createCache } from '@dataguardian/cache';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createCacheAdvice } from '../src/advice/cache-advice.ts';

const MEMORY_BYTES = 256 * 1024;

/** A cache that is too small for its work, and an advisor that may change it. */
const world = () => {
  const clock = createFakeClock();
  const random = createSeededRandom(7);
  const cache = createCache({ memoryMaxBytes: MEMORY_BYTES, clock, random: () => random.next() });
  const values = cache.namespace<string>('reports', { ttlMs: 3_600_000 });
  const advice = createCacheAdvice(cache);
  const advisor = createAdvisor({
    rules: [advice.rule],
    provers: [advice.prover],
    actuators: [advice.actuator],
    clock,
  });
  /** Keys 1/rank as often as the first: the usual shape of popularity. */
  const work = async (count: number): Promise<void> => {
    for (let request = 0; request < count; request++) {
      const key = String(Math.floor(3_000 ** random.next()));
      await values.getOrSet(key, () => 'x'.repeat(400));
    }
  };
  return { cache, advisor, work, snapshot: createProfiler({ clock }).snapshot() };
};

it('proposes more memory with a simulated gain, and keeps it when the gain is seen', async () => {
  const { cache, advisor, work, snapshot } = world();
  await work(40_000);
  const [proposed] = await advisor.propose(snapshot);
  expect(proposed).toMatchObject({ state: 'proven', proof: { method: 'simulated', metric: 'cache.hitRatio' } });
  if (proposed === undefined) throw new Error('nothing was proposed');
  expect(proposed.proof.after).toBeGreaterThan(proposed.proof.before);
  await advisor.apply(proposed.id, 'anna');
  await work(40_000);
  await advisor.verify();
  expect((await advisor.list())[0]).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
  await cache.close();
});

it('gives the memory back when it is told to', async () => {
  const { cache, advisor, work, snapshot } = world();
  await work(40_000);
  const [proposed] = await advisor.propose(snapshot);
  await advisor.apply(proposed?.id ?? '', 'anna');
  expect(cache.stats().memoryMaxBytes).toBe(2 * MEMORY_BYTES);
  await advisor.revert(proposed?.id ?? '', 'anna');
  expect(cache.stats().memoryMaxBytes).toBe(MEMORY_BYTES);
  expect((await advisor.list())[0]?.state).toBe('rolledBack');
  await cache.close();
});
