import { median, type Shift } from './shift.ts';

/**
 * The middle of paired differences, and the interval that the signed-rank test leaves open; exact, without a
 * distribution assumed beyond symmetry.
 *
 * Sources: Wilcoxon, "Individual Comparisons by Ranking Methods", 1945; Hodges and Lehmann, 1963 (median of the Walsh
 * averages); Tukey's inversion of the test for the interval.
 * @param errorRate Two-sided, for example 0.05.
 */
export function estimatePairedShift(differences: readonly number[], errorRate: number): Shift {
  const walsh = differences
    .flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2))
    .toSorted((a, b) => a - b);
  if (walsh.length === 0)
    return { estimate: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const outside = countOutside(differences.length, errorRate / 2);
  return {
    estimate: median(walsh),
    low: outside === 0 ? Number.NEGATIVE_INFINITY : (walsh[outside - 1] ?? Number.NEGATIVE_INFINITY),
    high: outside === 0 ? Number.POSITIVE_INFINITY : (walsh[walsh.length - outside] ?? Number.POSITIVE_INFINITY),
  };
}

/** The largest k with P(W < k) <= `tail` under no effect; W is the sum of the ranks with a positive sign. */
function countOutside(pairCount: number, tail: number): number {
  const most = (pairCount * (pairCount + 1)) / 2;
  let ways = [1, ...Array.from({ length: most }, () => 0)];
  for (let rank = 1; rank <= pairCount; rank++)
    ways = ways.map((count, sum) => count + (sum >= rank ? (ways[sum - rank] ?? 0) : 0));
  let below = 0;
  for (let sum = 0; sum <= most; sum++) {
    below += (ways[sum] ?? 0) / 2 ** pairCount;
    if (below > tail) return sum;
  }
  return most;
}
