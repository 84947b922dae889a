import { createHistogram } from '@dataguardian/telemetry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSketchSum, encodeSketch, isSketch, visitSketch } from '../../src/history/sketch-codec.ts';

const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true })), { maxLength: 300 });

const durations = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 86_400_000, noNaN: true })), {
  maxLength: 300,
});

/** Neighbouring buckets of the histogram differ by about two percent. */
const BUCKET_WIDTH = 0.021;

const histogramOf = (numbers: readonly number[]) => {
  const histogram = createHistogram();
  for (const number of numbers) histogram.record(number);
  return histogram;
};

describe('a packed distribution', () => {
  it('has every bucket and every zero', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const state = histogramOf(numbers).state();
        const buckets: [number, number][] = [];
        const zeros = visitSketch(encodeSketch(state), (index, count) => buckets.push([index, count]));
        expect(zeros).toBe(state.zeros);
        expect(buckets).toEqual(state.buckets.toSorted((a, b) => a[0] - b[0]));
      }),
    );
  });

  it('keeps counts beyond 32 bits', () => {
    const histogram = createHistogram();
    histogram.record(12, 6_000_000_000);
    const sum = createSketchSum();
    sum.add(encodeSketch(histogram.state()));
    expect(sum.count).toBe(6_000_000_000);
  });

  it('takes a few bytes a bucket', () => {
    const state = histogramOf(Array.from({ length: 1_000 }, (_, index) => index + 1)).state();
    expect(encodeSketch(state).length).toBeLessThan(40 + state.buckets.length * 3);
  });

  it('is told from other bytes', () => {
    expect([isSketch(new Uint8Array([9, 9])), isSketch(null), isSketch(encodeSketch(histogramOf([]).state()))]).toEqual(
      [false, false, true],
    );
  });
});

describe('a sum of distributions', () => {
  it('has the quantiles of one distribution of everything', () => {
    fc.assert(
      // Durations above some days share a bucket: milliseconds up to a day are told apart.
      fc.property(fc.array(durations, { maxLength: 5 }), fc.double({ min: 0, max: 1, noNaN: true }), (parts, ratio) => {
        const sum = createSketchSum();
        for (const part of parts) sum.add(encodeSketch(histogramOf(part).state()));
        const whole = histogramOf(parts.flat());
        expect(sum.count).toBe(whole.count);
        const expected = whole.quantile(ratio);
        // One distribution also knows its least and greatest value, and stays within them: by less than a bucket's width.
        expect(Math.abs(sum.quantile(ratio) - expected)).toBeLessThanOrEqual(expected * BUCKET_WIDTH);
      }),
    );
  });
});
