import { createAdvisor, createMemoryLedger, savedShareOf, type Ledger } from '@dataguardian/advisor';
import { createCache } from '@dataguardian/cache';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, createSeededRandom, type FakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createCacheHintAdvice } from '../src/advice/cache/cache-hint-advice.ts';
import { createCacheMeter } from '../src/advice/cache/cache-meter.ts';
import { createCacheRefreshAdvice } from '../src/advice/cache/cache-refresh-advice.ts';
import { createCacheSizeAdvice } from '../src/advice/cache/cache-size-advice.ts';
import { createCacheTtlAdvice } from '../src/advice/cache/cache-ttl-advice.ts';

const MEMORY_BYTES = 256 * 1024;

/** A cache, and an advisor that may change it. */
const world = (options: { clock?: FakeClock; ledger?: Ledger; memoryMaxBytes?: number; seed?: number } = {}) => {
  const { clock = createFakeClock(), ledger = createMemoryLedger(), memoryMaxBytes = MEMORY_BYTES, seed = 7 } = options;
  const random = createSeededRandom(seed);
  const cache = createCache({ memoryMaxBytes, clock, random: () => random.next() });
  const meter = createCacheMeter(cache, clock);
  const advice = [createCacheSizeAdvice, createCacheTtlAdvice, createCacheRefreshAdvice].map((create) =>
    create({ cache, meter, clock }),
  );
  const hints = createCacheHintAdvice(cache);
  const advisor = createAdvisor({
    rules: [...advice, hints].map(({ rule }) => rule),
    provers: [...advice, hints].map(({ prover }) => prover),
    actuators: advice.map(({ actuator }) => actuator),
    ledger,
    clock,
  });
  const reports = cache.namespace<string>('reports', { ttlMs: 3_600_000 });
  /** Keys 1/rank as often as the first, the usual shape of popularity, for so many seconds. */
  const work = async (seconds: number, read?: (second: number) => Promise<void>): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      for (let request = 0; request < 300; request++) {
        const key = String(Math.floor(3_000 ** random.next()));
        if (read === undefined) await reports.getOrSet(key, () => 'x'.repeat(400));
      }
      await read?.(second);
      await clock.advance(1_000);
    }
  };
  const propose = () => advisor.propose(createProfiler({ clock }).snapshot());
  const close = async (): Promise<void> => {
    meter.close();
    await cache.close();
  };
  return { cache, clock, ledger, advisor, work, propose, close, random };
};

describe('advice about the size of the cache', () => {
  it('proposes more memory with a simulated gain, and keeps it when the gain is seen', async () => {
    const { advisor, work, propose, close } = world();
    await work(110);
    const [proposed] = await propose();
    expect(proposed).toMatchObject({
      state: 'proven',
      proposal: { change: { kind: 'cache.size' } },
      proof: { method: 'simulated', metric: 'cache.hitRatio', better: 'lower' },
    });
    await advisor.apply(proposed?.id ?? '', 'anna');
    await work(106);
    await advisor.verify();
    const [judged] = await advisor.list();
    expect(judged).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
    await close();
  });

  it('promises what more memory brings once it has filled, and counts from then on', async () => {
    const { cache, advisor, work, propose, random, close, clock } = world({ memoryMaxBytes: 64 * 1024 * 1024 });
    const items = cache.namespace<string>('items', { ttlMs: 600_000 });
    const visit = (seconds: number) =>
      work(seconds, async () => {
        for (let request = 0; request < 250; request++)
          await items.getOrSet(String(Math.floor(40_000 ** random.next())), () => 'x'.repeat(400));
      });
    const waitFor = async (seconds: number, isDone: () => Promise<boolean>): Promise<number> => {
      const startedAt = clock.now();
      while (!(await isDone()) && clock.now() - startedAt < seconds * 1_000) await visit(5);
      return (clock.now() - startedAt) / 1_000;
    };
    await visit(40);
    cache.analyst.carryOut({ kind: 'memory-size', fromBytes: 64 * 1024 * 1024, toBytes: 2 * 1024 * 1024 });
    // Hints about what is never read again may come before.
    const findSize = async () => (await advisor.list()).find(({ proposal }) => proposal.change.kind === 'cache.size');
    const isProposed = async (): Promise<boolean> => {
      await propose();
      return (await findSize()) !== undefined;
    };
    expect(await waitFor(90, isProposed)).toBeLessThanOrEqual(60);
    const proposed = await findSize();
    await advisor.apply(proposed?.id ?? '', 'anna');
    const isJudged = async (): Promise<boolean> => {
      await advisor.verify();
      return (await findSize())?.state !== 'applied';
    };
    expect(await waitFor(150, isJudged)).toBeLessThanOrEqual(120);
    const judged = await findSize();
    expect(judged).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
    const promised = 1 - (judged?.proof.after ?? 0) / (judged?.proof.before ?? 1);
    const seen = judged?.state === 'verified' ? savedShareOf(judged.verification.gain ?? Number.NaN) : Number.NaN;
    expect(seen / promised).toBeGreaterThan(0.7);
    expect(seen / promised).toBeLessThan(1.3);
    await close();
  });

  it('is not deceived by a cache that is still filling: what had room gains nothing from more', async () => {
    const { cache, clock, work, close } = world({ memoryMaxBytes: 64 * 1024 * 1024 });
    const meter = createCacheMeter(cache, clock);
    const { actuator } = createCacheSizeAdvice({ cache, meter, clock });
    await work(45);
    const change = { kind: 'cache.size', subject: 'memory tier', parameters: { toBytes: 512 * 1024 * 1024 } };
    await actuator.apply(change, 'trial');
    const proof = { method: 'simulated', description: { en: '', nl: '' }, metric: '', before: 3, after: 1 } as const;
    const judged = actuator.verify(change, { ...proof, gainInterval: [2, 4], savedSecondsPerDay: 1 }, clock.now());
    expect(await judged).toMatchObject({ verdict: 'absent', gain: 1 });
    meter.close();
    await close();
  });

  it('gives the memory back when it is told to', async () => {
    const { cache, advisor, work, propose, close } = world();
    await work(110);
    const [proposed] = await propose();
    await advisor.apply(proposed?.id ?? '', 'anna');
    expect(cache.stats().memoryMaxBytes).toBe(2 * MEMORY_BYTES);
    await advisor.revert(proposed?.id ?? '', 'anna');
    expect(cache.stats().memoryMaxBytes).toBe(MEMORY_BYTES);
    expect((await advisor.list())[0]?.state).toBe('rolledBack');
    await close();
  });

  it('changes every process that shares the ledger, and a new one, and takes it back in each', async () => {
    const here = world();
    const shared = { clock: here.clock, ledger: here.ledger };
    await here.work(110);
    const [proposed] = await here.propose();
    const there = world(shared);
    await here.advisor.apply(proposed?.id ?? '', 'anna');
    await there.advisor.verify();
    const restarted = world(shared);
    await restarted.advisor.verify();
    const sizes = () => [here, there, restarted].map(({ cache }) => cache.stats().memoryMaxBytes / MEMORY_BYTES);
    expect(sizes()).toEqual([2, 2, 2]);
    await there.advisor.revert(proposed?.id ?? '', 'bert');
    for (const { advisor } of [here, restarted]) await advisor.verify();
    expect(sizes()).toEqual([1, 1, 1]);
    for (const { close } of [here, there, restarted]) await close();
  });
});

describe('advice about times to live', () => {
  /** Twenty keys that live for a while and never change, beside others that do. */
  const lives = async (ttlMs: number) => {
    const made = world({ memoryMaxBytes: 16 * 1024 * 1024 });
    const settings = made.cache.namespace<string>('settings', { ttlMs, graceMs: 600_000 });
    const others = made.cache.namespace<number>('others', { ttlMs: 1_500 });
    const read = async (second: number): Promise<void> => {
      for (let request = 0; request < 60; request++) {
        await settings.getOrSet(String(Math.floor(made.random.next() * 20)), () => 'the same');
        await others.getOrSet(String(Math.floor(made.random.next() * 20)), () => second);
      }
    };
    return { ...made, read };
  };

  it('doubles a short life whose refreshes bring nothing new, and keeps it when loads are saved', async () => {
    const { advisor, work, read, propose, close } = await lives(4_000);
    await work(100, read);
    const proposed = (await propose()).find(({ proposal }) => proposal.change.kind === 'cache.ttl');
    expect(proposed?.proposal.change).toMatchObject({ subject: 'settings', parameters: { toMs: 8_000 } });
    await advisor.apply(proposed?.id ?? '', 'anna');
    await work(102, read);
    await advisor.verify();
    const judged = (await advisor.list()).find(({ id }) => id === proposed?.id);
    expect(judged).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
    const [promised, seen] = judged?.state === 'verified' ? [judged.proof, judged.verification] : [];
    expect((seen?.gain ?? 0) / ((promised?.before ?? 0) / (promised?.after ?? 1))).toBeGreaterThan(0.7);
    await close();
  });

  it('leaves a long life to people, with the most that it can bring', async () => {
    const { advisor, work, read, propose, close } = await lives(20_000);
    await work(400, read);
    await propose();
    const hint = (await advisor.list()).find(({ proposal }) => proposal.rule === 'cache-long-ttl');
    expect(hint).toMatchObject({
      state: 'proven',
      proof: { method: 'bound' },
      proposal: { change: { subject: 'settings' } },
    });
    expect(hint && advisor.canApply(hint)).toBe(false);
    await close();
  });
});

describe('advice about hot keys', () => {
  /** One key that is read every few milliseconds and takes a while to load. */
  const hotWorld = (life: { readonly ttlMs: number; readonly loadMs: number }) => {
    const made = world({ memoryMaxBytes: 16 * 1024 * 1024 });
    const prices = made.cache.namespace<string>('prices', { ttlMs: life.ttlMs });
    const load = async (): Promise<string> => {
      await made.clock.sleep(life.loadMs);
      return 'the same';
    };
    const read = async (seconds: number): Promise<void> => {
      for (let ms = 0; ms < seconds * 1_000; ms += 4) {
        void prices.getOrSet('of the day', load);
        await made.clock.advance(4);
      }
    };
    return { ...made, read };
  };

  it('refreshes them earlier, and keeps that when fewer reads wait', async () => {
    const { advisor, propose, read, close } = hotWorld({ ttlMs: 1_000, loadMs: 24 });
    await read(100);
    const proposed = (await propose()).find(({ proposal }) => proposal.change.kind === 'cache.refresh');
    expect(proposed).toMatchObject({
      state: 'proven',
      proposal: { change: { subject: 'prices', parameters: { fromRatio: 1, toRatio: 4, ttlMs: 1_000 } } },
      proof: { method: 'simulated', better: 'lower' },
    });
    await advisor.apply(proposed?.id ?? '', 'anna');
    await read(102);
    await advisor.verify();
    const judged = (await advisor.list()).find(({ id }) => id === proposed?.id);
    expect(judged).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
    await close();
  });

  it('leaves values that live longer to people', async () => {
    const { advisor, propose, read, close } = hotWorld({ ttlMs: 10_000, loadMs: 200 });
    await read(120);
    await propose();
    const hint = (await advisor.list()).find(({ proposal }) => proposal.rule === 'cache-hot-keys');
    expect(hint).toMatchObject({ state: 'proven', proposal: { change: { subject: 'prices' } } });
    expect(hint && advisor.canApply(hint)).toBe(false);
    await close();
  });
});

describe('advice about large values', () => {
  it('says how much room they take, and names no key', async () => {
    const { cache, advisor, work, propose, close } = world({ memoryMaxBytes: 1024 * 1024 });
    const exports = cache.namespace<string>('exports', { ttlMs: 60_000 });
    await work(3, async () => {
      for (let value = 0; value < 6; value++) await exports.set(`of-anna-${value}`, 'x'.repeat(60_000));
    });
    await propose();
    const [hint] = await advisor.list();
    expect(hint).toMatchObject({
      proposal: { rule: 'cache-large-values', evidence: { namespace: 'exports', valueCount: 6 } },
      proof: { method: 'bound', better: 'higher' },
    });
    expect(JSON.stringify(hint)).not.toContain('of-anna');
    await close();
  });
});
