import { expect, it } from 'vitest';
import { settledSince } from '../src/advice/settled-stretch.ts';

const NOW = 100_000;
/** The mean of a figure that changed its level at a moment. */
const changed =
  (at: number, before: number, after: number) =>
  (from: number, to: number): number => {
    const lateMs = Math.max(0, to - Math.max(from, at));
    return (before * (to - from - lateMs) + after * lateMs) / (to - from);
  };

it('begins where the present level does', () => {
  expect(settledSince(changed(NOW - 5_000, 20, 200), NOW)).toBe(NOW - 4_000);
  expect(settledSince(changed(NOW - 9_000, 200, 20), NOW)).toBe(NOW - 8_000);
});

it('goes back fifteen seconds at most while nothing changes, or nothing is measured', () => {
  expect(settledSince(changed(0, 20, 20), NOW)).toBe(NOW - 14_000);
  expect(settledSince(() => Number.NaN, NOW)).toBe(NOW - 14_000);
});
