import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTraceBudget } from '../src/tracing/trace-budget.ts';

const SECOND_MS = 1_000;
/** A budget whose clock is set by hand. */
const world = (perSecond: number, startedAt = 0) => {
  let now = startedAt;
  const budget = createTraceBudget(perSecond, () => now);
  return { budget, set: (at: number) => (now = at) };
};
const pauses = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 2_000 });

it('never admits more than was saved and what has come since', () => {
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 50 }), (waits, perSecond) => {
      const { budget, set } = world(perSecond);
      let now = 0;
      let admitted = 0;
      for (const waitMs of waits) {
        now += waitMs;
        set(now);
        if (waitMs > 100) budget.beat();
        if (budget.admits()) admitted += 1;
        expect(admitted).toBeLessThanOrEqual(perSecond * 10 + (now * perSecond) / SECOND_MS + 1e-6);
      }
    }),
  );
});

it('admits everything that comes no faster than it may', () => {
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 50 }), (waits, perSecond) => {
      const { budget, set } = world(perSecond);
      let now = 0;
      for (const waitMs of waits) {
        now += waitMs + SECOND_MS / perSecond + 1e-6;
        set(now);
        expect(budget.admits()).toBe(true);
      }
    }),
  );
});

it('saves for ten seconds, not more', () => {
  const { budget, set } = world(100);
  for (let request = 0; request < 5_000; request++) budget.admits();
  expect(budget.admits()).toBe(false);
  set(3_600_000);
  budget.beat();
  const admitted = Array.from({ length: 5_000 }, () => budget.admits()).filter(Boolean);
  expect(admitted).toHaveLength(1_000);
});

it('looks at the clock at a beat, and at the latest for the sixty-fourth of those refused', () => {
  const { budget, set } = world(1);
  for (let request = 0; request < 11; request++) budget.admits();
  set(1_000);
  budget.beat();
  expect([budget.admits(), budget.admits()]).toEqual([true, false]);
  set(2_000);
  expect(Array.from({ length: 64 }, () => budget.admits())).toEqual([...Array.from({ length: 63 }, () => false), true]);
});

it('admits as many as come in a second in a row once it is used up', () => {
  const { budget, set } = world(100);
  for (let request = 0; request < 1_000; request++) budget.admits();
  const admitted = (at: number): number => {
    set(at);
    budget.beat();
    return Array.from({ length: 1_000 }, () => budget.admits()).filter(Boolean).length;
  };
  expect([250, 500, 999, 1_000, 1_500, 2_000].map(admitted)).toEqual([0, 0, 0, 100, 0, 100]);
});

it('stands still when the clock does, or goes back', () => {
  const { budget, set } = world(1, 5_000);
  for (let request = 0; request < 10; request++) expect(budget.admits()).toBe(true);
  expect(budget.admits()).toBe(false);
  set(1_000);
  budget.beat();
  expect(budget.admits()).toBe(false);
});

it('admits all when it is infinite', () => {
  const { budget } = world(Number.POSITIVE_INFINITY);
  expect(Array.from({ length: 100_000 }, () => budget.admits()).every(Boolean)).toBe(true);
});
