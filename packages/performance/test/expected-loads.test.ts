import { expect, it } from 'vitest';
import { expectLoads } from '../src/advice/cache/expected-loads.ts';

/** Loads of `values` values that live `lifeMs`, read so often a second, in ten seconds. */
const counts = (values: number, lifeMs: number, readsPerSecond: number) => ({
  reads: readsPerSecond * 10,
  loads: 10_000 / (lifeMs / values + 1_000 / readsPerSecond),
  durationMs: 10_000,
});

it('knows what a life brings at another load', () => {
  const expected = expectLoads([counts(25, 4_000, 120), counts(25, 4_000, 120)]);
  expect(expected(1_200, 10_000)).toBeCloseTo(counts(25, 4_000, 120).loads, 6);
  expect(expected(300, 10_000)).toBeCloseTo(counts(25, 4_000, 30).loads, 6);
  // Twice the life at the same load is a gain of 2 - loads/reads.
  const { reads, loads } = counts(25, 4_000, 120);
  expect(expected(reads, 10_000) / counts(25, 8_000, 120).loads).toBeCloseTo(2 - loads / reads, 6);
});

it('leaves out time in which nothing was read, and expects nothing without reads', () => {
  const idle = { reads: 0, loads: 0, durationMs: 600_000 };
  const expected = expectLoads([idle, counts(25, 4_000, 120)]);
  expect(expected(1_200, 10_000)).toBeCloseTo(counts(25, 4_000, 120).loads, 6);
  expect(expected(0, 10_000)).toBeNaN();
});
