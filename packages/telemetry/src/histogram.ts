/** A mergeable summary of a distribution of non-negative numbers. */
export interface Histogram {
  /** Counts `value` once, or `times` times. Negative and non-finite values count as 0. */
  record(value: number, times?: number): void;
  /** The value at `ratio` (0..1), within the relative error; 0 when empty. */
  quantile(ratio: number): number;
  /** Adds everything that `other` has seen. */
  merge(other: HistogramState): void;
  /** A copy that can be sent, stored and merged. */
  state(): HistogramState;
  /** Forgets everything. */
  reset(): void;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The plain form of a histogram; `buckets` maps bucket index to count. */
export interface HistogramState {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/**
 * Quantiles within 1% of the true value whatever the distribution, in O(log(range)) memory.
 * After Masson, Rim and Lee, DDSketch, VLDB 2019: bucket i holds values in (gamma^(i-1), gamma^i].
 */
export function createHistogram(): Histogram {
  const buckets = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  let zeros = 0;

  return {
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    get min() {
      return count === 0 ? 0 : min;
    },
    get max() {
      return max;
    },
    record(value, times = 1) {
      const usable = Number.isFinite(value) && value > 0 ? value : 0;
      count += times;
      sum += usable * times;
      if (usable < min) min = usable;
      if (usable > max) max = usable;
      if (usable === 0) {
        zeros += times;
        return;
      }
      const index = Math.ceil(Math.log(usable) / LOG_GAMMA);
      buckets.set(index, (buckets.get(index) ?? 0) + times);
    },
    quantile(ratio) {
      if (count === 0) return 0;
      const rank = Math.min(Math.max(ratio, 0), 1) * (count - 1);
      if (rank < zeros) return 0;
      let seen = zeros;
      for (const [index, bucketCount] of [...buckets].toSorted((a, b) => a[0] - b[0])) {
        seen += bucketCount;
        if (seen > rank) {
          const middle = (2 * GAMMA ** index) / (GAMMA + 1);
          return Math.min(Math.max(middle, min), max);
        }
      }
      return max;
    },
    merge(other) {
      if (other.count === 0) return;
      count += other.count;
      sum += other.sum;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
      zeros += other.zeros;
      for (const [index, bucketCount] of other.buckets) {
        buckets.set(index, (buckets.get(index) ?? 0) + bucketCount);
      }
    },
    state() {
      return { count, sum, min: count === 0 ? 0 : min, max, zeros, buckets: [...buckets] };
    },
    reset() {
      buckets.clear();
      count = 0;
      sum = 0;
      min = Number.POSITIVE_INFINITY;
      max = 0;
      zeros = 0;
    },
  };
}
