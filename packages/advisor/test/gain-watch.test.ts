import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createGainWatch, judgeGain, type GainMetric, type GainWindow, type Proof } from '../src/index.ts';

interface Second extends GainWindow {
  readonly value: number;
  readonly size: number;
}

const PROOF: Proof = {
  method: 'simulated',
  description: { en: '', nl: '' },
  metric: '',
  before: 4,
  after: 3,
  better: 'lower',
  gainInterval: [1, 2],
  savedSecondsPerDay: 1,
};

/** A change after a hundred seconds; `levelAt` says what a second since then shows, on average. */
const watchWorld = (levelAt: (second: number) => number, sizeBefore: (second: number) => number = () => 1) => {
  const clock = createFakeClock();
  const random = createSeededRandom(3);
  const seconds: Second[] = [];
  const watch = createGainWatch<Second>({
    windows: (spanMs) => seconds.filter(({ at }) => at >= clock.now() - spanMs),
    clock,
    batch: 2,
  });
  const live = async (count: number, level: (second: number) => number, size: (second: number) => number) => {
    for (let second = 0; second < count; second++) {
      await clock.advance(1_000);
      const value = level(second) * (0.9 + 0.2 * random.next());
      seconds.push({ at: clock.now(), durationMs: 1_000, value, size: size(second) });
    }
  };
  /** When the verdict falls, in seconds after the change, and which. */
  const judge = async (metric: Partial<GainMetric<Second>>) => {
    await live(
      100,
      (second) => (sizeBefore(second) === 1 ? 40 : 10),
      (second) => sizeBefore(second),
    );
    const appliedAt = clock.now();
    for (let second = 1; second <= 110; second++) {
      await live(
        1,
        () => levelAt(second),
        () => 2,
      );
      const full = { read: ({ value }: Second) => value, better: 'lower' as const, ...metric };
      const found = watch.verify(PROOF, appliedAt, full);
      if (found !== undefined) return { second, verdict: found.verdict, gain: found.gain ?? Number.NaN };
    }
    return undefined;
  };
  return { judge, clock };
};

/** What fills for `seconds` and shows nothing until then. */
const filling = (seconds: number) => (second: number) => (second <= seconds ? 40 : 30);
const fullAfter = (count: number) => (since: readonly Second[]) => since[count - 1]?.at;

describe('a watch over a change that needs time for its full effect', () => {
  it('counts the gain from then on', async () => {
    const judged = await watchWorld(filling(45)).judge({ settledAt: fullAfter(45) });
    expect(judged).toMatchObject({ second: 80, verdict: 'confirmed' });
    expect(judged?.gain).toBeCloseTo(4 / 3, 1);
  });

  it('sees too little of it when it counts from the start', async () => {
    const judged = await watchWorld(filling(45)).judge({});
    expect(judged).toMatchObject({ second: 105, verdict: 'absent' });
  });

  it('waits no longer than a minute, and decides in time', async () => {
    const judged = await watchWorld(filling(60)).judge({ settledAt: () => undefined });
    expect(judged).toMatchObject({ second: 105, verdict: 'confirmed' });
    const never = await watchWorld(() => 40).judge({ settledAt: () => undefined });
    expect(never).toMatchObject({ second: 105, verdict: 'absent' });
  });

  it('finds harm while it waits', async () => {
    const judged = await watchWorld((second) => (second < 50 ? 60 : 30)).judge({ settledAt: fullAfter(50) });
    expect(judged).toMatchObject({ second: 30, verdict: 'worse' });
  });

  it('compares with what was in force before it alone', async () => {
    // Forty seconds ago something else was changed, and that had done the harm.
    const before = (second: number): number => (second < 60 ? 3 : 1);
    const all = await watchWorld(() => 30, before).judge({});
    expect(all?.verdict).not.toBe('confirmed');
    const same = await watchWorld(() => 30, before).judge({ isFormer: ({ size }) => size === 1 });
    expect(same).toMatchObject({ verdict: 'confirmed' });
  });
});

describe('the judgement of pairs of seconds', () => {
  /** Seconds that resemble each other, some much worse. */
  const service = (seed: number, count: number): number[] => {
    const random = createSeededRandom(seed);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    let drift = 0;
    return Array.from({ length: count }, () => {
      drift = 0.5 * drift + 0.2 * normal();
      return 40 * Math.exp(drift) * (random.next() < 0.02 ? 3 : 1);
    });
  };

  it('sees an effect where there is none in at most one of twenty cases, with twenty seconds before it too', () => {
    for (const beforeCount of [20, 40, 100]) {
      const wrong = Array.from({ length: 400 }, (_, trial) => {
        const [before, after] = [service(trial, beforeCount), service(10_000 + trial, 60)];
        const verdictOf = (look: number, count: number): string =>
          judgeGain(
            { before, after: after.slice(0, count) },
            { better: 'lower', predictedGain: 1.3, look, lookCount: 4, batch: 2 },
          ).verdict;
        return [verdictOf(3, 35), verdictOf(4, 60)].some((verdict) => verdict === 'confirmed' || verdict === 'worse');
      }).filter(Boolean).length;
      expect(wrong / 400).toBeLessThanOrEqual(0.05);
    }
  });
});
