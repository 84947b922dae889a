import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictWaitMs, proposePoolSize, toErlangC } from '../src/pool-sizing.ts';
import type { PoolLoad } from '../src/pool-load.ts';

function load(given: Partial<PoolLoad>): PoolLoad {
  return {
    windowMs: 60_000,
    lendCount: 60_000,
    meanWaitMs: 1,
    meanHoldMs: 10,
    holdVariation: 1,
    peakLentCount: 20,
    ...given,
  };
}

describe('Erlang C', () => {
  it('is the utilisation with one server', () => {
    expect(toErlangC(0.7, 1)).toBeCloseTo(0.7, 10);
  });

  it('has the values of the tables', () => {
    // L. Kleinrock, "Queueing Systems", volume 1, 1975: two servers at a load of one wait with probability 1/3.
    expect(toErlangC(1, 2)).toBeCloseTo(1 / 3, 10);
    expect(toErlangC(8, 10)).toBeCloseTo(0.409, 3);
  });

  it('falls as servers are added', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 40, noNaN: true }), fc.integer({ min: 1, max: 60 }), (busy, servers) => {
        expect(toErlangC(busy, servers + 1)).toBeLessThanOrEqual(toErlangC(busy, servers));
      }),
    );
  });
});

describe('the proposed size', () => {
  it('is the smallest with a good enough wait', () => {
    // 1,000 a second for 10 ms each keep ten connections busy.
    const proposal = proposePoolSize({ load: load({}), currentCount: 50, minCount: 10, maxCount: 50, targetWaitMs: 1 });
    expect(proposal).toMatchObject({ currentCount: 50, busyCount: 10 });
    const count = proposal?.connectionCount ?? 0;
    expect(predictWaitMs(load({}), count)).toBeLessThanOrEqual(1);
    expect(predictWaitMs(load({}), count - 1)).toBeGreaterThan(1);
    expect(proposal?.reason).toContain(`${count} connections would let them wait`);
  });

  it('says so when no size within the limits is enough', () => {
    const proposal = proposePoolSize({ load: load({ meanHoldMs: 80 }), currentCount: 50, minCount: 10, maxCount: 50 });
    expect(proposal).toMatchObject({ connectionCount: 50, predictedWaitMs: Infinity });
    expect(proposal?.reason).toContain('shorten what holds them');
  });

  it('is not made from a few callers', () => {
    expect(
      proposePoolSize({ load: load({ lendCount: 20 }), currentCount: 50, minCount: 10, maxCount: 50 }),
    ).toBeUndefined();
  });
});
