/** Index of the last value at or below `wanted` in ascending values; `O(log n)`. */
export function findLastAtMost(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((values[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Top edges of rows of these heights, followed by the bottom edge of the last. */
export function toEdges(heights: readonly number[]): readonly number[] {
  const edges = [0];
  for (const height of heights) edges.push((edges.at(-1) ?? 0) + height);
  return edges;
}
