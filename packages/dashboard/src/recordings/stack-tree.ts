import type { FlameFrame } from '../api/profiler.ts';

/** Nodes of a tree of calls as columns; node 0 is the root, parents come before their children. */
export interface StackColumns {
  /** Index of the frame in the table that the columns belong to. */
  readonly frame: readonly number[];
  /** Index of the parent node; -1 for the root. */
  readonly parent: readonly number[];
  readonly selfUs: readonly number[];
  readonly selfCount: readonly number[];
}

/** A node of the profiler's tree, as far as it is read here. */
export interface SampledNode {
  readonly frame: {
    readonly functionName: string;
    readonly file: string;
    readonly line: number;
    readonly owner: FlameFrame['owner'];
  };
  readonly selfCount: number;
  readonly selfUs: number;
  readonly children: ReadonlyMap<string, SampledNode>;
}

/** Frames by number, each once. */
export interface FrameTable {
  readonly frames: readonly FlameFrame[];
  intern(frame: FlameFrame): number;
  /** Numbers of the frames of another table in this one, looked up once each, when they are needed. */
  adopt(frames: readonly FlameFrame[]): (index: number) => number;
}

/** A tree of calls that grows: O(nodes) for what is added. */
export interface StackTree {
  readonly nodeCount: number;
  addTree(root: SampledNode): void;
  /** @param toOwn number of a frame of the columns in this tree's table */
  addColumns(columns: StackColumns, toOwn: (index: number) => number): void;
  columns(): StackColumns;
}

const ROOT: FlameFrame = { name: '(root)', file: '', line: 0, owner: 'native' };
/** More frames than any program has functions; a parent's number times this is exact in a double. */
const FRAME_LIMIT = 2 ** 22;

export function createFrameTable(): FrameTable {
  const frames: FlameFrame[] = [ROOT];
  const known = new Map<string, number>([[toKey(ROOT), 0]]);
  const intern = (frame: FlameFrame): number => {
    const key = toKey(frame);
    const index = known.get(key) ?? frames.push(frame) - 1;
    known.set(key, index);
    return index;
  };
  return {
    frames,
    intern,
    adopt(others) {
      const own: number[] = [];
      return (index) => (own[index] ??= intern(others[index] ?? ROOT));
    },
  };
}

export function createStackTree(table: FrameTable): StackTree {
  const frame = [0];
  const parent = [-1];
  const selfUs = [0];
  const selfCount = [0];
  const children = new Map<number, number>();

  const childOf = (above: number, frameIndex: number): number => {
    const key = above * FRAME_LIMIT + frameIndex;
    let node = children.get(key);
    if (node === undefined) {
      node = frame.push(frameIndex) - 1;
      parent.push(above);
      selfUs.push(0);
      selfCount.push(0);
      children.set(key, node);
    }
    return node;
  };
  const count = (node: number, us: number, samples: number): void => {
    selfUs[node] = (selfUs[node] ?? 0) + us;
    selfCount[node] = (selfCount[node] ?? 0) + samples;
  };
  const addNode = (node: number, { selfUs: us, selfCount: samples, children: below }: SampledNode): void => {
    count(node, us, samples);
    for (const child of below.values()) {
      const { functionName: name, file, line, owner } = child.frame;
      addNode(childOf(node, table.intern({ name, file, line, owner })), child);
    }
  };

  return {
    get nodeCount() {
      return frame.length;
    },
    addTree: (root) => addNode(0, root),
    addColumns(columns, toOwn) {
      const places = [0];
      for (let node = 0; node < columns.frame.length; node += 1) {
        // There is one root, whatever the columns call it.
        const place = node === 0 ? 0 : childOf(places[columns.parent[node] ?? 0] ?? 0, toOwn(columns.frame[node] ?? 0));
        places[node] = place;
        count(place, columns.selfUs[node] ?? 0, columns.selfCount[node] ?? 0);
      }
    },
    columns: () => ({ frame, parent, selfUs, selfCount }),
  };
}

/** Total time of each node: its own and that of everything below it. */
export function totalsOf({ parent, selfUs }: Pick<StackColumns, 'parent' | 'selfUs'>): number[] {
  const totals = [...selfUs];
  for (let node = totals.length - 1; node > 0; node -= 1) {
    const above = parent[node] ?? 0;
    totals[above] = (totals[above] ?? 0) + (totals[node] ?? 0);
  }
  return totals;
}

/**
 * The greatest nodes; time of the others counts for who called them. A node is never greater than its parent and comes
 * after it, so what is kept hangs together.
 */
export function prune(columns: StackColumns, mostNodes: number): StackColumns {
  if (columns.frame.length <= mostNodes) return columns;
  const totals = totalsOf(columns);
  const least = totals.toSorted((one, other) => other - one)[mostNodes - 1] ?? 0;
  const places: number[] = [];
  const kept: Record<keyof StackColumns, number[]> = { frame: [], parent: [], selfUs: [], selfCount: [] };
  for (const [node, total] of totals.entries()) {
    const above = places[columns.parent[node] ?? -1] ?? -1;
    const isKept = node === 0 || (total >= least && kept.frame.length < mostNodes);
    if (isKept) {
      places[node] = kept.frame.push(columns.frame[node] ?? 0) - 1;
      kept.parent.push(above);
      kept.selfUs.push(columns.selfUs[node] ?? 0);
      kept.selfCount.push(columns.selfCount[node] ?? 0);
    } else {
      places[node] = above;
      kept.selfUs[above] = (kept.selfUs[above] ?? 0) + (columns.selfUs[node] ?? 0);
      kept.selfCount[above] = (kept.selfCount[above] ?? 0) + (columns.selfCount[node] ?? 0);
    }
  }
  return kept;
}

function toKey({ name, file, line }: FlameFrame): string {
  return `${name}\n${file}\n${line}`;
}
