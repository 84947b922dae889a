/** How far the second sample lies from the first, with a confidence interval. */
export interface Shift {
  readonly estimate: number;
  /** `-Infinity` and `Infinity` while there are too few values for an interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * The median of all differences between two samples, and the interval that a rank test of that error rate leaves open.
 * Neither assumes a distribution, and single outliers move neither.
 *
 * Sources: Hodges and Lehmann, "Estimates of Location Based on Rank Tests", 1963; the interval inverts the test of Mann
 * and Whitney, 1947 (Moses' construction). Its standard error is widened for values that resemble their neighbours.
 * @param errorRate Two-sided, for example 0.05.
 */
export function estimateShift(from: readonly number[], to: readonly number[], errorRate: number): Shift {
  const differences = to.flatMap((later) => from.map((earlier) => later - earlier)).toSorted((a, b) => a - b);
  const pairCount = differences.length;
  if (pairCount === 0) return { estimate: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const standardError =
    Math.sqrt((pairCount * (from.length + to.length + 1)) / 12) * Math.max(dependence(from), dependence(to));
  const outside = Math.floor(pairCount / 2 - normalQuantile(1 - errorRate / 2) * standardError);
  return {
    estimate: median(differences),
    low: outside < 1 ? Number.NEGATIVE_INFINITY : (differences[outside - 1] ?? Number.NEGATIVE_INFINITY),
    high: outside < 1 ? Number.POSITIVE_INFINITY : (differences[pairCount - outside] ?? Number.POSITIVE_INFINITY),
  };
}

/** The middle value; `NaN` of nothing. The values must be sorted. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Factor by which neighbours that resemble each other widen a standard error (first-order autoregression); 1 or more. */
function dependence(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let variance = 0;
  let covariance = 0;
  for (const [index, value] of values.entries()) {
    variance += (value - mean) ** 2;
    const former = values[index - 1];
    if (former !== undefined) covariance += (value - mean) * (former - mean);
  }
  if (variance === 0) return 1;
  const correlation = Math.min(0.9, Math.max(0, covariance / variance));
  return Math.sqrt((1 + correlation) / (1 - correlation));
}

/**
 * Quantile of the standard normal distribution, accurate to 4.5e-4.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
 */
function normalQuantile(probability: number): number {
  const root = Math.sqrt(-2 * Math.log(1 - probability));
  return (
    root -
    (2.515517 + 0.802853 * root + 0.010328 * root ** 2) /
      (1 + 1.432788 * root + 0.189269 * root ** 2 + 0.001308 * root ** 3)
  );
}
