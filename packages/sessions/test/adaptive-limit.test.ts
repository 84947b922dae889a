import { createAdaptiveLimit } from '@dataguardian/sessions';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const bounds = { minimum: 4, maximum: 64, targetDelayMs: 50 };

it('stays at its most while the loop is in time', () => {
  const adaptive = createAdaptiveLimit(bounds);
  for (let count = 0; count < 20; count++) adaptive.sample(10);
  expect(adaptive.limit).toBe(64);
});

it('shrinks to its least while the loop is late, and comes back afterwards', () => {
  const adaptive = createAdaptiveLimit(bounds);
  for (let count = 0; count < 20; count++) adaptive.sample(500);
  expect(adaptive.limit).toBe(4);
  for (let count = 0; count < 60; count++) adaptive.sample(0);
  expect(adaptive.limit).toBe(64);
});

it('does not move for a pause, however long, when the loop is in time again after it', () => {
  const adaptive = createAdaptiveLimit(bounds);
  for (const delayMs of [150, 0, 2_000, 400, 0, 5_000]) expect(adaptive.sample(delayMs)).toBe(64);
  expect(adaptive.delayMs).toBeGreaterThan(1_000);
  expect(adaptive.standingMs).toBe(0);
});

it('never leaves its bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000)), (delays) => {
      const adaptive = createAdaptiveLimit(bounds);
      for (const delay of delays) {
        const limit = adaptive.sample(delay);
        expect(limit).toBeGreaterThanOrEqual(4);
        expect(limit).toBeLessThanOrEqual(64);
      }
    }),
  );
});
