import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTraceBudget } from '../src/tracing/trace-budget.ts';

const SECOND_MS = 1_000;
const pauses = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 2_000 });

it('never admits more than was saved and what has come since', () => {
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 50 }), (waits, perSecond) => {
      const budget = createTraceBudget(perSecond);
      let now = 0;
      let admitted = 0;
      for (const waitMs of waits) {
        now += waitMs;
        if (budget.admits(now)) admitted += 1;
        expect(admitted).toBeLessThanOrEqual(perSecond * 10 + (now * perSecond) / SECOND_MS + 1e-6);
      }
    }),
  );
});

it('admits everything that comes no faster than it may', () => {
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 50 }), (waits, perSecond) => {
      const budget = createTraceBudget(perSecond);
      let now = 0;
      for (const waitMs of waits) {
        now += waitMs + SECOND_MS / perSecond + 1e-6;
        expect(budget.admits(now)).toBe(true);
      }
    }),
  );
});

it('saves for ten seconds, not more', () => {
  const budget = createTraceBudget(100);
  for (let request = 0; request < 5_000; request++) budget.admits(0);
  expect(budget.admits(0)).toBe(false);
  const admitted = Array.from({ length: 5_000 }, () => budget.admits(3_600_000)).filter(Boolean);
  expect(admitted).toHaveLength(1_000);
});

it('stands still when the clock does, or goes back', () => {
  const budget = createTraceBudget(1);
  for (let request = 0; request < 10; request++) expect(budget.admits(5_000)).toBe(true);
  expect(budget.admits(5_000)).toBe(false);
  expect(budget.admits(1_000)).toBe(false);
});

it('admits all when it is infinite', () => {
  const budget = createTraceBudget(Number.POSITIVE_INFINITY);
  expect(Array.from({ length: 100_000 }, () => budget.admits(1)).every(Boolean)).toBe(true);
});
