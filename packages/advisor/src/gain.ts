import type { Proof } from './recommendation.ts';

/** The promised gain of a proof; above 1 is better, whichever way its metric should go. */
export function gainOf({ before, after, better }: Proof): number {
  const isLowerBetter = better === undefined ? after <= before : better === 'lower';
  return isLowerBetter ? before / after : after / before;
}

/**
 * The share of the time, loads or waits that a gain saves: three quarters for a factor of four, negative for harm. Promises
 * and what was seen of them are compared in it, because it is what users feel (docs/decisions/0015).
 */
export function savedShareOf(gain: number): number {
  return 1 - 1 / gain;
}
