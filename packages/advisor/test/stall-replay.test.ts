import { replayWithout } from '@dataguardian/advisor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('a replay without stalls', () => {
  it('gives each request back what a stall held it for', () => {
    const stalls = [{ endedAt: 200, durationMs: 100 }];
    const requests = [
      { endedAt: 205, durationMs: 80 }, // arrived 25 ms into the stall
      { endedAt: 250, durationMs: 200 }, // was under way before it
      { endedAt: 99, durationMs: 50 }, // had ended
      { endedAt: 260, durationMs: 40 }, // came later
    ];
    const { waitingCount, waitedMs, before, after } = replayWithout(stalls, requests);
    expect({ waitingCount, waitedMs }).toEqual({ waitingCount: 2, waitedMs: 175 });
    expect([before.p99Ms, after.p99Ms]).toEqual([200, 100]);
  });

  it('never lengthens a request nor shortens one below nothing', () => {
    const stretch = fc.record({
      endedAt: fc.integer({ min: 0, max: 10_000 }),
      durationMs: fc.integer({ min: 0, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), fc.array(stretch), (gaps, requests) => {
        // Stalls of one loop cannot overlap.
        let endedAt = 0;
        const stalls = gaps.map((gap) => ({ endedAt: (endedAt += 2 * gap), durationMs: gap }));
        const { before, after } = replayWithout(stalls, requests);
        expect(after.p50Ms).toBeLessThanOrEqual(before.p50Ms);
        expect(after.p99Ms).toBeLessThanOrEqual(before.p99Ms);
        expect(after.p50Ms).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('changes nothing without stalls', () => {
    const { waitingCount, before, after } = replayWithout([], [{ endedAt: 10, durationMs: 5 }]);
    expect(waitingCount).toBe(0);
    expect(after).toEqual(before);
  });
});
