import { createHistogram } from '@dataguardian/telemetry';
import { describe, expect, it } from 'vitest';
import { resolveLimits } from '../../src/indexes/limits.ts';
import type { CreateRecommendation } from '../../src/indexes/recommendation.ts';
import { judgeIndex } from '../../src/indexes/verification.ts';
import type { ServedState } from '../../src/statements/statement-record.ts';

const timing = (medianMs: number) => ({ medianMs, minMs: medianMs, maxMs: medianMs, runs: 5 });

const promise: CreateRecommendation = {
  kind: 'create',
  id: 'create-1',
  table: 'public.t',
  indexName: 'dgopt_1',
  statement: '',
  reason: '',
  proof: {
    method: 'copy',
    before: timing(10),
    after: timing(1),
    gain: 10,
    affected: [{ fingerprint: 'own', statement: '', count: 50, before: timing(10), after: timing(1), gain: 10 }],
    plannerGain: 3,
    measuredAfter: [],
    copiedRatio: 1,
  },
  sizeBytes: 1,
  writeCost: { addedMsPerRow: 0, ratio: 0 },
  savedMs: 450,
};

/** States with so many executions of so many milliseconds each. */
const served = (means: Readonly<Record<string, number>>, count = 50): ReadonlyMap<string, ServedState> =>
  new Map(
    Object.entries(means).map(([fingerprint, ms]) => {
      const histogram = createHistogram();
      histogram.record(ms, count);
      return [fingerprint, { rowCount: count, times: histogram.state() }];
    }),
  );

const judge = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>, count = 50) =>
  judgeIndex({
    recommendation: promise,
    before: served(before),
    atStart: new Map(),
    now: served(after, count),
    touching: new Set(['own', 'read', 'write']),
    writing: new Set(['write']),
    limits: resolveLimits(),
  });

describe('the verdict on an index', () => {
  it('waits for enough executions', () => {
    expect(judge({ own: 10 }, { own: 1 }, 3)).toMatchObject({ verdict: 'early' });
  });

  it('confirms a gain near the promise', () => {
    expect(judge({ own: 10 }, { own: 1.2 })).toMatchObject({ verdict: 'confirmed' });
  });

  it('sees that less than a fifth of the time that was to be saved is saved', () => {
    expect(judge({ own: 10 }, { own: 8.5 })).toMatchObject({ verdict: 'absent' });
  });

  it('keeps what saves most of the promised time, though by a smaller factor', () => {
    expect(judge({ own: 10 }, { own: 2.5 })).toMatchObject({ verdict: 'confirmed' });
  });

  it('sees another statement of the table, or its writes, become slower', () => {
    expect(judge({ own: 10, read: 5 }, { own: 1, read: 6 })).toMatchObject({ verdict: 'worse' });
    expect(judge({ own: 10, write: 5 }, { own: 1, write: 6 })).toMatchObject({ verdict: 'worse' });
    expect(judge({ own: 10, write: 5 }, { own: 1, write: 5.5 })).toMatchObject({ verdict: 'confirmed' });
  });

  it('takes out what changed everywhere', () => {
    const others = { x: 4, y: 4, z: 4 };
    const halved = { x: 2, y: 2, z: 2 };
    expect(judge({ own: 10, ...others }, { own: 5, ...halved })).toMatchObject({ verdict: 'absent' });
    expect(judge({ own: 10, read: 2, ...halved }, { own: 2, read: 4, ...others })).toMatchObject({
      verdict: 'confirmed',
    });
  });
});
