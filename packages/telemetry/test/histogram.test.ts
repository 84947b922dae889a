import { createHistogram } from '@dataguardian/telemetry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const samples = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

describe('the histogram', () => {
  it('gives every quantile within 1% of the true value', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, ratio) => {
        const histogram = createHistogram();
        for (const value of values) histogram.record(value);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.floor(ratio * (sorted.length - 1))] ?? 0;
        expect(Math.abs(histogram.quantile(ratio) - exact)).toBeLessThanOrEqual(exact * 0.011);
      }),
    );
  });

  it('merges to what one histogram of all values would be', () => {
    fc.assert(
      fc.property(samples, samples, (left, right) => {
        const whole = createHistogram();
        for (const value of [...left, ...right]) whole.record(value);
        const merged = createHistogram();
        for (const value of left) merged.record(value);
        const other = createHistogram();
        for (const value of right) other.record(value);
        merged.merge(other.state());
        expect(merged.quantile(0.5)).toBe(whole.quantile(0.5));
        expect([merged.count, merged.min, merged.max]).toEqual([whole.count, whole.min, whole.max]);
      }),
    );
  });

  it('counts what is not a positive number as zero', () => {
    const histogram = createHistogram();
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0]) histogram.record(value);
    expect([histogram.count, histogram.quantile(1), histogram.sum]).toEqual([4, 0, 0]);
  });

  it('keeps values that are far from all others', () => {
    const histogram = createHistogram();
    for (const value of [1, 1e-200, 1e200, 2, 1e200]) histogram.record(value);
    const copy = createHistogram();
    copy.merge(histogram.state());
    for (const one of [histogram, copy]) {
      expect(one.quantile(0) / 1e-200).toBeCloseTo(1, 1);
      expect(one.quantile(0.5) / 2).toBeCloseTo(1, 1);
      expect(one.quantile(1) / 1e200).toBeCloseTo(1, 1);
    }
    expect(histogram.state().buckets.map(([, count]) => count)).toEqual([1, 1, 1, 2]);
  });

  it('is empty after a reset', () => {
    const histogram = createHistogram();
    histogram.record(5);
    histogram.reset();
    expect([histogram.count, histogram.min, histogram.max, histogram.quantile(0.5)]).toEqual([0, 0, 0, 0]);
  });
});
