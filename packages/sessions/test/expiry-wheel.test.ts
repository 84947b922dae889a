import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExpiryWheel } from '../src/expiry-wheel.ts';

describe('the wheel of expiries', () => {
  it('gives every key once, none before its time and none later than ten seconds after', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (times, limit) => {
          const wheel = createExpiryWheel();
          times.forEach((at, key) => wheel.add(String(key), at));
          const takenAt = new Map<string, number>();
          for (let now = 0; now <= 220_000; now += 1_000)
            for (let due = wheel.takeDue(now, limit); due.length > 0; due = wheel.takeDue(now, limit)) {
              expect(due.length).toBeLessThanOrEqual(limit);
              for (const key of due) {
                expect(takenAt.has(key)).toBe(false);
                takenAt.set(key, now);
              }
            }
          times.forEach((at, key) => {
            const taken = takenAt.get(String(key)) ?? Number.NaN;
            expect(taken).toBeGreaterThanOrEqual(at);
            expect(taken).toBeLessThanOrEqual(at + 11_000);
          });
        },
      ),
    );
  });
});
