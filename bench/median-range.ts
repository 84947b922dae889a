/** Where the median of what was drawn from lies with 95% certainty, by the sign test: whatever its distribution. */
export function medianRange(values: readonly number[]): readonly [least: number, most: number] {
  const sorted = values.toSorted((one, other) => one - other);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const at = (place: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(place)))] ?? Number.NaN;
  return [at(sorted.length / 2 - reach - 1), at(sorted.length / 2 + reach)];
}

/** The middle one, or the mean of both. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
