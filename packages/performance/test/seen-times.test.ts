import type { IndexProof, ServedState } from '@dataguardian/database';
import { createHistogram } from '@dataguardian/telemetry';
import { expect, it } from 'vitest';
import { toSeenTimes } from '../src/advice/seen-times.ts';

const timing = (minMs: number, medianMs: number, maxMs: number) => ({ minMs, medianMs, maxMs, runs: 5 });
const proof: IndexProof = {
  method: 'copy',
  before: timing(38, 40, 44),
  after: timing(0.3, 0.4, 0.7),
  gain: 100,
  affected: [
    {
      fingerprint: 'a',
      statement: 'select …',
      count: 50,
      before: timing(38, 40, 44),
      after: timing(0.3, 0.4, 0.7),
      gain: 100,
    },
  ],
  plannerGain: 900,
  measuredAfter: [],
  copiedRatio: 1,
};

/** So many executions of so long each, after others. */
const served = (...runs: readonly (readonly [count: number, ms: number])[]): ReadonlyMap<string, ServedState> => {
  const times = createHistogram();
  for (const [count, ms] of runs) times.record(ms, count);
  return new Map([['a', { rowCount: 0, times: times.state() }]]);
};

it('promises what the application saw of late, down to the way to the server', () => {
  const seen = toSeenTimes(proof, {
    earlier: served([10_000, 0.5]),
    now: served([10_000, 0.5], [40, 60]),
    wayMs: [1.9, 1.1, 1.4, 1.2, 3],
  });
  expect(seen.beforeMs).toBeCloseTo(60, 0);
  expect(seen.afterMs).toBeCloseTo(1.7, 5);
  expect(seen.afterRangeMs[0]).toBeCloseTo(1.4);
  expect(seen.afterRangeMs[1]).toBeCloseTo(3.3);
});

it('leaves a proof as it is that knows of a longer way, and where nothing was observed', () => {
  const seen = toSeenTimes(
    { ...proof, after: timing(0.3, 5, 9) },
    { earlier: new Map(), now: served([3, 70]), wayMs: [] },
  );
  expect(seen).toEqual({ beforeMs: 40, afterMs: 5, afterRangeMs: [0.3, 9] });
});

it('promises no greater share of a call than was saved on the copy: what else is waited for stays', () => {
  const slight = { ...proof, before: timing(3, 4, 5), after: timing(2, 3, 4) };
  const seen = toSeenTimes(slight, { earlier: new Map(), now: served([40, 12]), wayMs: [0.2, 0.1, 0.3] });
  expect(seen.beforeMs).toBeCloseTo(12, 0);
  expect(seen.afterMs / seen.beforeMs).toBeCloseTo(0.75, 5);
  expect(seen.afterRangeMs[0] / seen.beforeMs).toBeCloseTo(0.5, 5);
  expect(seen.afterRangeMs[1] / seen.beforeMs).toBeCloseTo(1, 5);
});
