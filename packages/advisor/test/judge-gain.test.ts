import { createSeededRandom } from '@dataguardian/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGain } from '../src/index.ts';

const LOOKS = 4;
const WINDOWS_PER_LOOK = 25;

/** Windows of a service: each second resembles the one before, and some seconds are much worse. */
const service = (seed: number, level: number, count: number): number[] => {
  const random = createSeededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let drift = 0;
  return Array.from({ length: count }, () => {
    drift = 0.5 * drift + 0.2 * normal();
    const outlier = random.next() < 0.02 ? 3 : 1;
    return level * Math.exp(drift) * outlier;
  });
};

const verdictOf = (before: number[], after: number[], predictedGain: number): string => {
  for (let look = 1; look <= LOOKS; look++) {
    const { verdict } = judgeGain(
      { before, after: after.slice(0, look * WINDOWS_PER_LOOK) },
      { better: 'lower', predictedGain, look, lookCount: LOOKS },
    );
    if (verdict !== 'undecided') return verdict;
  }
  return 'undecided';
};

const share = (trials: number, isSo: (trial: number) => boolean): number =>
  Array.from({ length: trials }, (_, trial) => isSo(trial)).filter(Boolean).length / trials;

describe('the judgement of a gain', () => {
  it('sees an effect where there is none in at most one of twenty cases, over all looks together', () => {
    const seen = share(400, (trial) => {
      const verdict = verdictOf(service(trial, 40, 100), service(10_000 + trial, 40, 100), 1.3);
      return verdict !== 'absent';
    });
    expect(seen).toBeLessThanOrEqual(0.05);
  });

  it('confirms a gain of two that was promised', () => {
    const confirmed = share(100, (trial) => {
      return verdictOf(service(trial, 40, 100), service(10_000 + trial, 20, 100), 2) === 'confirmed';
    });
    expect(confirmed).toBeGreaterThanOrEqual(0.97);
  });

  it('finds a change that does harm', () => {
    const worse = share(100, (trial) => {
      return verdictOf(service(trial, 40, 100), service(10_000 + trial, 70, 100), 2) === 'worse';
    });
    expect(worse).toBeGreaterThanOrEqual(0.97);
  });

  it('calls a fiftieth of the promise absent', () => {
    const { verdict } = judgeGain(
      { before: service(1, 40, 100), after: service(2, 38, 100) },
      { better: 'lower', predictedGain: 10, look: LOOKS, lookCount: LOOKS },
    );
    expect(verdict).toBe('absent');
  });

  it('is not deceived by what moved a control too', () => {
    const quiet = (seed: number): number[] => service(seed, 1, 100);
    const before = quiet(1).map((value) => value * 40);
    const after = quiet(2).map((value) => value * 20);
    const question = { better: 'lower', predictedGain: 2, look: LOOKS, lookCount: LOOKS } as const;
    expect(judgeGain({ before, after }, question).verdict).toBe('confirmed');
    const control = { before: quiet(3).map((value) => value * 8), after: quiet(4).map((value) => value * 4) };
    expect(judgeGain({ before, after, control }, question).verdict).toBe('absent');
  });

  it('waits for enough, and calls nothing measured no gain at the end', () => {
    const nothing = Array.from({ length: 100 }, () => Number.NaN);
    const question = { better: 'lower', predictedGain: 2, lookCount: LOOKS } as const;
    expect(judgeGain({ before: nothing, after: nothing }, { ...question, look: 1 }).verdict).toBe('undecided');
    expect(judgeGain({ before: nothing, after: nothing }, { ...question, look: LOOKS }).verdict).toBe('absent');
  });

  it('reads a ratio that should rise as it reads a time that should fall', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (seed, factor) => {
          const before = service(seed, 40, 100);
          const after = service(seed + 1, 40 * factor, 100);
          const question = { predictedGain: 2, look: LOOKS, lookCount: LOOKS } as const;
          const falling = judgeGain({ before, after }, { ...question, better: 'lower' });
          const rising = judgeGain(
            { before: before.map((value) => 1 / value), after: after.map((value) => 1 / value) },
            { ...question, better: 'higher' },
          );
          expect(rising.gain).toBeGreaterThan(0);
          expect(Math.sign(Math.log(rising.gain))).toBe(Math.sign(Math.log(falling.gain)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('agrees with a published interval', () => {
    // Hollander and Wolfe, Nonparametric Statistical Methods, example 4.1: the estimate is -0.305 there.
    const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const spread = (values: number[]): number[] =>
      values.flatMap((value) => Array.from({ length: 5 }, () => Math.exp(value)));
    const { gain } = judgeGain(
      { before: spread(early), after: spread(atTerm) },
      { better: 'higher', predictedGain: 2, look: 1, lookCount: 1 },
    );
    expect(Math.log(gain)).toBeCloseTo(0.305, 6);
  });
});
