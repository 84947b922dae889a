import { createHistogram } from '@dataguardian/telemetry';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSketch, encodeSketch } from '../../src/history/sketch-codec.ts';

it('gives back every histogram', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 300 }), (values) => {
      const histogram = createHistogram();
      for (const value of values) histogram.record(value);
      const state = histogram.state();
      const sorted = { ...state, buckets: state.buckets.toSorted((a, b) => a[0] - b[0]) };
      expect(decodeSketch(encodeSketch(state))).toEqual(sorted);
    }),
  );
});

it('keeps counts beyond 32 bits', () => {
  const histogram = createHistogram();
  histogram.record(12, 6_000_000_000);
  expect(decodeSketch(encodeSketch(histogram.state()))?.count).toBe(6_000_000_000);
});

it('takes a few bytes a bucket', () => {
  const histogram = createHistogram();
  for (let value = 1; value < 1_000; value += 1) histogram.record(value);
  const { buckets } = histogram.state();
  expect(encodeSketch(histogram.state()).length).toBeLessThan(40 + buckets.length * 3);
});

it('refuses what it did not make', () => {
  expect(decodeSketch(new Uint8Array([9, 9]))).toBeUndefined();
});
