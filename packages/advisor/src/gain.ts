import type { Proof } from './recommendation.ts';

/** The promised gain of a proof; above 1 is better, whichever way its metric should go. */
export function gainOf({ before, after, better }: Proof): number {
  const isLowerBetter = better === undefined ? after <= before : better === 'lower';
  return isLowerBetter ? before / after : after / before;
}
