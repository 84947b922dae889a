import type { ProvenCreate } from './prove-recommendation.ts';
import type { CreateRecommendation } from './recommendation.ts';

/** Looks whose gains differ by no more than this factor agree. */
const AGREEING_RATIO = 1.25;
const MOST_LOOKS = 3;

/**
 * Measures each proven index again after all others, and a third time where the two looks disagree: a machine that was
 * slow for some seconds was so for all the runs of a look. Of looks that agree the quicker one counts, else the middle one.
 * @returns those that are still worth it.
 */
export async function settleProofs(proven: readonly ProvenCreate[]): Promise<readonly ProvenCreate[]> {
  const seen = proven.map((one) => ({ one, looks: [one.recommendation as CreateRecommendation | undefined] }));
  for (let look = 1; look < MOST_LOOKS; look += 1)
    for (const { one, looks } of seen) if (!doAgree(looks)) looks.push(await one.measureAgain());
  return seen.flatMap(({ one, looks }) => {
    const recommendation = doAgree(looks) ? quickest(looks) : middle(looks);
    return recommendation === undefined ? [] : [{ ...one, recommendation }];
  });
}

function doAgree(looks: readonly (CreateRecommendation | undefined)[]): boolean {
  const gains = looks.map(gainOf);
  return looks.length > 1 && Math.max(...gains) <= Math.min(...gains) * AGREEING_RATIO;
}

/** An index that was not worth it on one look ranks below all others. */
function gainOf(look: CreateRecommendation | undefined): number {
  return look?.proof.gain ?? 0;
}

function quickest(looks: readonly (CreateRecommendation | undefined)[]): CreateRecommendation | undefined {
  const timeOf = (look: CreateRecommendation | undefined): number =>
    (look?.proof.before.medianMs ?? 0) + (look?.proof.after.medianMs ?? 0);
  return looks.toSorted((one, other) => timeOf(one) - timeOf(other))[0];
}

function middle(looks: readonly (CreateRecommendation | undefined)[]): CreateRecommendation | undefined {
  // Not the looks themselves: sorting puts undefined last, whatever it is compared with.
  const ranked = looks.map((look) => ({ look, gain: gainOf(look) })).toSorted((one, other) => one.gain - other.gain);
  return ranked[Math.floor(ranked.length / 2)]?.look;
}
