import { describe, expect, it } from 'vitest';
import type { ProvenCreate } from '../../src/indexes/prove-recommendation.ts';
import type { CreateRecommendation } from '../../src/indexes/recommendation.ts';
import { settleProofs } from '../../src/indexes/settled-proofs.ts';

const timing = (medianMs: number) => ({ medianMs, minMs: medianMs, maxMs: medianMs, runs: 5 });

/** Milliseconds before and after; undefined: not worth it. */
type Look = readonly [number, number] | undefined;

const recommend = (name: string, [before, after]: readonly [number, number]): CreateRecommendation => ({
  kind: 'create',
  id: `create-${name}`,
  table: 'public.t',
  indexName: name,
  statement: '',
  reason: '',
  proof: {
    method: 'copy',
    before: timing(before),
    after: timing(after),
    gain: before / after,
    affected: [],
    plannerGain: 3,
    measuredAfter: [],
    copiedRatio: 1,
  },
  sizeBytes: 1,
  writeCost: { addedMsPerRow: 0, ratio: 0 },
  savedMs: 450,
});

/** An index that is measured with these outcomes, in their order; `order` gets the names as they are measured again. */
const proven = (
  name: string,
  first: readonly [number, number],
  later: readonly Look[],
  order: string[] = [],
): ProvenCreate => {
  const left = [...later];
  return {
    recommendation: recommend(name, first),
    writeMs: 0,
    measureAgain: async () => {
      order.push(name);
      const look = left.shift();
      return look === undefined ? undefined : recommend(name, look);
    },
  };
};

const settle = async (...indexes: readonly ProvenCreate[]): Promise<readonly (readonly [number, number])[]> =>
  (await settleProofs(indexes)).map(({ recommendation: { proof } }) => [proof.before.medianMs, proof.after.medianMs]);

describe('a proof that is looked at again', () => {
  it('is the quicker one of two that agree', async () => {
    expect(await settle(proven('a', [12, 1], [[10, 0.9]]))).toEqual([[10, 0.9]]);
    expect(await settle(proven('a', [10, 0.9], [[12, 1]]))).toEqual([[10, 0.9]]);
  });

  it('is the middle one of three where two do not agree', async () => {
    expect(
      await settle(
        proven(
          'a',
          [20, 1],
          [
            [10, 1],
            [11, 1],
          ],
        ),
      ),
    ).toEqual([[11, 1]]);
  });

  it('is given up when two looks of three find no gain, and not for one alone', async () => {
    expect(await settle(proven('a', [20, 1], [undefined, undefined]))).toEqual([]);
    expect(await settle(proven('a', [20, 1], [undefined, [10, 1]]))).toEqual([[10, 1]]);
  });

  it('is looked at after all others, so that a slow moment is not the same for two looks', async () => {
    const order: string[] = [];
    await settle(
      proven(
        'a',
        [20, 1],
        [
          [10, 1],
          [10, 1],
        ],
        order,
      ),
      proven('b', [5, 1], [[5, 1]], order),
      proven(
        'c',
        [9, 1],
        [
          [3, 1],
          [4, 1],
        ],
        order,
      ),
    );
    expect(order).toEqual(['a', 'b', 'c', 'a', 'c']);
  });

  it('leaves nothing to look at where nothing was proven', async () => {
    expect(await settle()).toEqual([]);
  });
});
