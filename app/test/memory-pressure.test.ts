import { expect, it } from 'vitest';
import { isShortOfMemory } from '../src/server/memory-pressure.ts';

const MEBIBYTE = 1024 * 1024;

it.each([
  [{ availableBytes: 2_000 * MEBIBYTE, heapRatio: 0.5 }, false],
  [{ availableBytes: 129 * MEBIBYTE, heapRatio: 0.9 }, false],
  [{ availableBytes: 127 * MEBIBYTE, heapRatio: 0.1 }, true],
  [{ availableBytes: 2_000 * MEBIBYTE, heapRatio: 0.95 }, true],
])('memory of %j is short: %s', (reading, isShort) => {
  expect(isShortOfMemory(reading)).toBe(isShort);
});

it('reads this process', () => {
  expect(typeof isShortOfMemory()).toBe('boolean');
});
