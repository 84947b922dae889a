import type { FlameGraph } from '../../../src/api/profiler.ts';

/** A box narrower than this cannot be seen and is not laid out. */
export const NARROWEST = 0.6;
const DEEPEST = 60;
const NONE = -1;

/** The tree as columns: links instead of lists, so that 50,000 nodes are a handful of allocations. */
export interface FlameTree {
  /** First child of a node, the widest; -1 for none. */
  readonly first: Int32Array;
  /** Next sibling; -1 after the last. */
  readonly next: Int32Array;
  readonly parent: readonly number[];
  readonly widthUs: readonly number[];
}

/** Boxes in columns, by depth from the top. */
export interface FlameBoxes {
  readonly count: number;
  readonly node: Int32Array;
  readonly x: Float32Array;
  readonly width: Float32Array;
  /** Index of the first box of a row; one entry more than there are rows. */
  readonly rowStart: readonly number[];
}

/** O(nodes). */
export function toFlameTree({ parent, totalUs, baseTotalUs }: FlameGraph): FlameTree {
  const first = new Int32Array(parent.length).fill(NONE);
  const next = new Int32Array(parent.length).fill(NONE);
  // From the end, so that each list of children is in the order in which they came: the widest first.
  for (let node = parent.length - 1; node > 0; node -= 1) {
    const above = parent[node] ?? NONE;
    if (above < 0) continue;
    next[node] = first[above] ?? NONE;
    first[above] = node;
  }
  // In a comparison a box is as wide as the greater of both times, so that what vanished can still be seen.
  const widthUs = baseTotalUs === undefined ? totalUs : toWidths(parent, totalUs, baseTotalUs);
  return { first, next, parent, widthUs };
}

/** What can be seen below `root` on so many pixels, row by row. Costs what is seen, not what there is. */
export function layOut({ first, next, widthUs }: FlameTree, root: number, width: number): FlameBoxes {
  const scale = width / Math.max(1, widthUs[root] ?? 1);
  const node: number[] = [root];
  const x: number[] = [0];
  const wide: number[] = [width];
  const rowStart = [0];
  for (let begin = 0, depth = 0; begin < node.length && depth < DEEPEST; depth += 1) {
    const end = node.length;
    rowStart.push(end);
    for (let box = begin; box < end; box += 1) {
      let left = x[box] ?? 0;
      for (let child = first[node[box] ?? 0] ?? NONE; child !== NONE; child = next[child] ?? NONE) {
        const size = (widthUs[child] ?? 0) * scale;
        if (size >= NARROWEST) {
          node.push(child);
          x.push(left);
          wide.push(size);
        }
        left += size;
      }
    }
    begin = end;
  }
  if (rowStart.at(-1) !== node.length) rowStart.push(node.length);
  return {
    count: node.length,
    node: Int32Array.from(node),
    x: Float32Array.from(x),
    width: Float32Array.from(wide),
    rowStart,
  };
}

/** The box of row `depth` at `left`, or -1. */
export function boxAt({ x, width, rowStart }: FlameBoxes, depth: number, left: number): number {
  const [begin = 0, end = 0] = rowStart.slice(depth, depth + 2);
  for (let box = begin; box < end; box += 1)
    if (left >= (x[box] ?? 0) && left < (x[box] ?? 0) + (width[box] ?? 0)) return box;
  return NONE;
}

/** The greater of both times; never less than what the children need. */
function toWidths(parent: readonly number[], totalUs: readonly number[], baseUs: readonly number[]): number[] {
  const widths = totalUs.map((us, node) => Math.max(us, baseUs[node] ?? 0));
  const needed = widths.map(() => 0);
  // Parents come before their children, so from the end each node's own need is known when its parent's is added up.
  for (let node = widths.length - 1; node >= 0; node -= 1) {
    const width = Math.max(widths[node] ?? 0, needed[node] ?? 0);
    widths[node] = width;
    const above = parent[node] ?? NONE;
    if (above >= 0) needed[above] = (needed[above] ?? 0) + width;
  }
  return widths;
}
