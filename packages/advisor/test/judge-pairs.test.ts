import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { judgeGain, judgePairs, type GainPair } from '../src/index.ts';

const PAIRS = 8;
const STRETCH_SECONDS = 6;
const USED_SECONDS = 4;

interface Scene {
  readonly seed: number;
  /** Factor by which the change divides the figure. */
  readonly gain: number;
  /** What the load does to the figure at that second, with and without the change. */
  readonly load: (second: number) => number;
}

const noise = (seed: number): (() => number) => {
  const random = createSeededRandom(seed);
  let drift = 0;
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    drift = 0.5 * drift + 0.2 * normal;
    return Math.exp(drift) * (random.next() < 0.02 ? 3 : 1);
  };
};

/** Stretches with and without the change, in the order that the lot decides. */
const trial = ({ seed, gain, load }: Scene): GainPair[] => {
  const random = createSeededRandom(seed + 500_000);
  const next = noise(seed);
  let second = 0;
  const stretch = (isOn: boolean): number => {
    const values: number[] = [];
    for (let passed = 0; passed < STRETCH_SECONDS; passed++, second++) {
      const value = (load(second) * next() * 40) / (isOn ? gain : 1);
      if (passed >= STRETCH_SECONDS - USED_SECONDS) values.push(value);
    }
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return Array.from({ length: PAIRS }, () => {
    const isOnFirst = random.next() < 0.5;
    const [first, second_] = [stretch(isOnFirst), stretch(!isOnFirst)];
    return isOnFirst ? { on: first, off: second_ } : { on: second_, off: first };
  });
};

const verdictOf = (scene: Scene, predictedGain = 2): string =>
  judgePairs(trial(scene), { better: 'lower', predictedGain, isComplete: true }).verdict;

const share = (count: number, isSo: (seed: number) => boolean): number =>
  Array.from({ length: count }, (_, seed) => isSo(seed)).filter(Boolean).length / count;

const steady = (): number => 1;
const falling = (second: number): number => Math.exp(-second / 60);
const beating = (second: number): number => 1 + 0.8 * Math.sin((2 * Math.PI * second) / (2 * STRETCH_SECONDS));

describe('the judgement of a trial in turns', () => {
  it.each([
    ['a steady load', steady],
    ['a load that falls to a fifth meanwhile', falling],
    ['a load that beats in step with the turns', beating],
  ])('sees an effect where there is none in at most one of twenty cases, under %s', (_name, load) => {
    expect(share(400, (seed) => verdictOf({ seed, gain: 1, load }) !== 'absent')).toBeLessThanOrEqual(0.05);
  });

  it('confirms a gain of two, and its size, while the load falls', () => {
    const gains = Array.from({ length: 200 }, (_, seed) =>
      judgePairs(trial({ seed, gain: 2, load: falling }), { better: 'lower', predictedGain: 2, isComplete: true }),
    );
    expect(gains.filter(({ verdict }) => verdict === 'confirmed').length / 200).toBeGreaterThanOrEqual(0.95);
    expect(gains.filter(({ gain }) => Math.abs(gain / 2 - 1) <= 0.3).length / 200).toBeGreaterThanOrEqual(0.95);
  });

  it('is needed: a load that halves in the minute of the change deceives a comparison of before and after', () => {
    const halved = (second: number): number => (second < 10 ? 1 : 0.5);
    const deceived = share(100, (seed) => {
      const next = noise(seed);
      const values = Array.from({ length: 200 }, (_, second) => (second < 100 ? 1 : 0.5) * next() * 40);
      const samples = { before: values.slice(0, 100), after: values.slice(100) };
      const question = { better: 'lower', predictedGain: 2, look: 4, lookCount: 4 } as const;
      return judgeGain(samples, question).verdict === 'confirmed';
    });
    expect(deceived).toBeGreaterThan(0.9);
    expect(share(400, (seed) => verdictOf({ seed, gain: 1, load: halved }) !== 'absent')).toBeLessThanOrEqual(0.05);
  });

  it('finds harm, and great harm after half of the turns', () => {
    expect(share(100, (seed) => verdictOf({ seed, gain: 1 / 1.75, load: steady }) === 'worse')).toBeGreaterThan(0.95);
    const early = share(100, (seed) => {
      const half = trial({ seed, gain: 1 / 4, load: steady }).slice(0, PAIRS / 2);
      return judgePairs(half, { better: 'lower', predictedGain: 2, isComplete: false }).verdict === 'worse';
    });
    expect(early).toBeGreaterThan(0.95);
  });

  it('ends early in at most one of a hundred cases when there is no effect', () => {
    const stopped = share(400, (seed) => {
      const half = trial({ seed, gain: 1, load: steady }).slice(0, PAIRS / 2);
      return judgePairs(half, { better: 'lower', predictedGain: 2, isComplete: false }).verdict !== 'undecided';
    });
    expect(stopped).toBeLessThanOrEqual(0.01);
  });

  it('calls waits that nobody notices the same, and nothing measured no gain', () => {
    const tiny = Array.from({ length: PAIRS }, () => ({ on: 0.001, off: 0.09 }));
    expect(judgePairs(tiny, { better: 'lower', predictedGain: 2, isComplete: true, least: 0.1 }).verdict).toBe(
      'absent',
    );
    const nothing = Array.from({ length: PAIRS }, () => ({ on: Number.NaN, off: Number.NaN }));
    expect(judgePairs(nothing, { better: 'lower', predictedGain: 2, isComplete: true }).verdict).toBe('absent');
  });

  it('agrees with the published critical values of the signed-rank test', () => {
    // Eight pairs, 5% two-sided: a rank sum of at most 3 is significant (Wilcoxon 1945), so the fourth Walsh average
    // from either end bounds the interval.
    const pairs = [1, 2, 4, 8, 16, 32, 64, 128].map((factor) => ({ on: 1, off: factor }));
    const { interval } = judgePairs(pairs, { better: 'lower', predictedGain: 2, isComplete: true });
    const walsh = pairs
      .flatMap(({ off }, index) => pairs.slice(index).map((other) => (Math.log(off) + Math.log(other.off)) / 2))
      .toSorted((a, b) => a - b);
    expect(Math.log(interval[0])).toBeCloseTo(walsh[3] ?? Number.NaN);
    expect(Math.log(interval[1])).toBeCloseTo(walsh.at(-4) ?? Number.NaN);
  });
});
