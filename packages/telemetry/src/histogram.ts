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
/** Buckets that the row grows by on each side of a new value. */
const ROOM = 32;
/** Enough for values from a microsecond to a month apart. */
const LONGEST_ROW = 2_048;

/**
 * Quantiles within 1% of the true value whatever the distribution, in O(log(range)) memory.
 * After Masson, Rim and Lee, DDSketch, VLDB 2019: bucket i holds values in (gamma^(i-1), gamma^i].
 */
export function createHistogram(): Histogram {
  // Most values lie close together: a row of counters around the first one, and a map for what is far from all others.
  let row = new Float64Array(0);
  let firstIndex = 0;
  const far = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  let zeros = 0;

  const add = (index: number, times: number): void => {
    const place = index - firstIndex;
    if (place >= 0 && place < row.length) row[place] = (row[place] ?? 0) + times;
    else if (makeRoom(index)) add(index, times);
    else far.set(index, (far.get(index) ?? 0) + times);
  };

  /** Makes the row reach to `index`; false where that would be too far. */
  const makeRoom = (index: number): boolean => {
    const from = row.length === 0 ? index - ROOM : Math.min(firstIndex, index - ROOM);
    const to = row.length === 0 ? index + ROOM : Math.max(firstIndex + row.length, index + ROOM);
    if (to - from > LONGEST_ROW) return false;
    const longer = new Float64Array(to - from);
    if (row.length > 0) longer.set(row, firstIndex - from);
    row = longer;
    firstIndex = from;
    for (const [known, times] of far) {
      if (known < from || known >= to) continue;
      far.delete(known);
      add(known, times);
    }
    return true;
  };

  const toBuckets = (): (readonly [index: number, count: number])[] => {
    const buckets: (readonly [index: number, count: number])[] = [];
    for (const [place, times] of row.entries()) if (times > 0) buckets.push([firstIndex + place, times]);
    return far.size === 0 ? buckets : [...buckets, ...far].toSorted((one, other) => one[0] - other[0]);
  };

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
      add(Math.ceil(Math.log(usable) / LOG_GAMMA), times);
    },
    quantile(ratio) {
      if (count === 0) return 0;
      const rank = Math.min(Math.max(ratio, 0), 1) * (count - 1);
      if (rank < zeros) return 0;
      let seen = zeros;
      for (const [index, bucketCount] of toBuckets()) {
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
      for (const [index, bucketCount] of other.buckets) add(index, bucketCount);
    },
    state() {
      return { count, sum, min: count === 0 ? 0 : min, max, zeros, buckets: toBuckets() };
    },
    reset() {
      row = new Float64Array(0);
      far.clear();
      count = 0;
      sum = 0;
      min = Number.POSITIVE_INFINITY;
      max = 0;
      zeros = 0;
    },
  };
}
