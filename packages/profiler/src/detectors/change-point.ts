/** Where a series changed its level, and how sure that is. */
export interface ChangePoint {
  /** Index of the first value after the change. */
  readonly index: number;
  /** Chance to see such a split in a series without a change. */
  readonly chance: number;
  /** Median before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * Finds the one change of level that splits the series best; rank-based, so outliers do not move it.
 * Pettitt, A non-parametric approach to the change-point problem, Applied Statistics 28, 1979. O(n log n). Pure.
 */
export function findChangePoint(values: readonly number[]): ChangePoint | undefined {
  const count = values.length;
  if (count < 10) return undefined;
  const ranks = toRanks(values);
  let sum = 0;
  let best = 0;
  let index = 0;
  for (let position = 0; position < count - 1; position++) {
    sum += ranks[position] ?? 0;
    const statistic = Math.abs(2 * sum - (position + 1) * (count + 1));
    if (statistic > best) {
      best = statistic;
      index = position + 1;
    }
  }
  const chance = Math.min(1, 2 * Math.exp((-6 * best ** 2) / (count ** 3 + count ** 2)));
  return { index, chance, before: median(values.slice(0, index)), after: median(values.slice(index)) };
}

/** Ranks from 1, ties sharing their mean. */
function toRanks(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).toSorted((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (order[to + 1]?.value === order[from]?.value && to + 1 < order.length) to += 1;
    for (let position = from; position <= to; position++) ranks[order[position]?.index ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** The middle value, or the mean of the two in the middle; 0 when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
