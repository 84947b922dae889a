import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHeaviest } from '../src/heaviest.ts';

const KEEP_MS = 1_000;
const CAPACITY = 5;

it('keeps the heaviest, heaviest first, of equals the older', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (weights) => {
      const heaviest = createHeaviest<number>(CAPACITY, KEEP_MS);
      for (const [place, weight] of weights.entries()) heaviest.offer(place, weight, place);
      const expected = weights
        .map((weight, place) => ({ weight, place }))
        .toSorted((one, other) => other.weight - one.weight || one.place - other.place)
        .slice(0, CAPACITY)
        .map(({ place }) => place);
      expect(heaviest.list()).toEqual(expected);
    }),
  );
});

it('gives room to a light one once a heavy one is old', () => {
  const heaviest = createHeaviest<string>(2, KEEP_MS);
  heaviest.offer('old', 9, 0);
  heaviest.offer('young', 8, 500);
  heaviest.offer('light', 1, 999);
  expect(heaviest.list()).toEqual(['old', 'young']);
  heaviest.offer('light', 1, 1_000);
  expect(heaviest.list()).toEqual(['young', 'light']);
});

it('goes by weight alone when the clock goes back', () => {
  const heaviest = createHeaviest<string>(1, KEEP_MS);
  heaviest.offer('now', 1, 5_000);
  heaviest.offer('before', 2, 1_000);
  expect(heaviest.list()).toEqual(['before']);
});
