import { gunzipSync, gzipSync } from 'node:zlib';
import type { FlameFrame, FlameGraph } from '../api/profiler.ts';
import { isRecord } from '../json.ts';
import {
  createFrameTable,
  createStackTree,
  prune,
  totalsOf,
  type FrameTable,
  type SampledNode,
  type StackColumns,
  type StackTree,
} from './stack-tree.ts';

/** What samples are about, as far as people ask for it. Users are keyed hashes. */
export interface RecordingLabels {
  readonly route?: string | undefined;
  readonly user?: string | undefined;
  readonly scan?: string | undefined;
}

/** What one process sampled in a stretch of time, bounded in size. */
export interface Recording {
  readonly idleUs: number;
  readonly frames: readonly FlameFrame[];
  readonly parts: readonly { readonly labels: RecordingLabels; readonly columns: StackColumns }[];
}

/** Adds recordings up. */
export interface RecordingSum {
  addSamples(labels: RecordingLabels, root: SampledNode): void;
  addIdle(idleUs: number): void;
  add(recording: Recording): void;
  /** The labels with most time kept apart, the greatest nodes of each. */
  toRecording(): Recording;
  /** What matches every label that the filter names, as one graph. */
  toGraph(filter: RecordingLabels): Pick<FlameGraph, 'sampleCount' | 'idleUs' | FlameColumn>;
}

type FlameColumn = 'frames' | 'frame' | 'parent' | 'selfUs' | 'totalUs';

/** Label sets that a recording keeps apart; the rest is known by its route only. */
const MOST_PARTS = 40;
/** At most some 20 bytes a node when packed: a recording has 100 KiB at most, and mostly a tenth of it. */
const MOST_NODES = 4_000;
/** More boxes than a screen can show, and what the page is measured with. */
const MOST_BOXES = 50_000;

export function createRecordingSum(): RecordingSum {
  const table = createFrameTable();
  const parts = new Map<string, { readonly labels: RecordingLabels; readonly tree: StackTree }>();
  let idleUs = 0;

  const treeOf = ({ route, user, scan }: RecordingLabels): StackTree => {
    const key = [route, user, scan].map((label) => label ?? '').join('\n');
    const part = parts.get(key) ?? { labels: { route, user, scan }, tree: createStackTree(table) };
    parts.set(key, part);
    return part.tree;
  };
  const add = ({ idleUs: us, frames, parts: added }: Recording): void => {
    idleUs += us;
    const toOwn = table.adopt(frames);
    for (const { labels, columns } of added) treeOf(labels).addColumns(columns, toOwn);
  };

  return {
    addSamples: (labels, root) => treeOf(labels).addTree(root),
    addIdle(us) {
      idleUs += us;
    },
    add,
    toRecording: () => bound({ idleUs, frames: table.frames, parts: joinSmall([...parts.values()], table) }),
    toGraph(filter) {
      const own = createFrameTable();
      const tree = createStackTree(own);
      const toOwn = own.adopt(table.frames);
      for (const { labels, tree: part } of parts.values())
        if (matches(labels, filter)) tree.addColumns(part.columns(), toOwn);
      return { idleUs: Math.round(idleUs), ...toFlame(prune(tree.columns(), MOST_BOXES), own.frames) };
    },
  };
}

function matches(labels: RecordingLabels, filter: RecordingLabels): boolean {
  return (['route', 'user', 'scan'] as const).every(
    (name) => filter[name] === undefined || filter[name] === labels[name],
  );
}

/** The parts with most time stay apart; the others are known by their route only. */
function joinSmall(
  parts: readonly { readonly labels: RecordingLabels; readonly tree: StackTree }[],
  table: FrameTable,
): Recording['parts'] {
  const sorted = parts
    .map(({ labels, tree }) => ({ labels, columns: tree.columns(), totalUs: totalsOf(tree.columns())[0] ?? 0 }))
    .toSorted((one, other) => other.totalUs - one.totalUs);
  const rest = new Map<string | undefined, StackTree>();
  for (const { labels, columns } of sorted.slice(MOST_PARTS)) {
    const tree = rest.get(labels.route) ?? createStackTree(table);
    rest.set(labels.route, tree);
    tree.addColumns(columns, (index) => index);
  }
  return [
    ...sorted.slice(0, MOST_PARTS),
    ...[...rest].map(([route, tree]) => ({ labels: { route }, columns: tree.columns() })),
  ];
}

/** Shares the nodes out by time, and leaves out frames that nothing points to. */
function bound({ idleUs, frames, parts }: Recording): Recording {
  const weights = parts.map(({ columns }) => totalsOf(columns)[0] ?? 0);
  const whole = Math.max(
    1,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const table = createFrameTable();
  const toOwn = table.adopt(frames);
  return {
    idleUs: Math.round(idleUs),
    parts: parts.map(({ labels, columns }, index) => {
      const tree = createStackTree(table);
      const share = Math.floor((MOST_NODES * (weights[index] ?? 0)) / whole);
      tree.addColumns(prune(columns, Math.max(1, share)), toOwn);
      return { labels, columns: tree.columns() };
    }),
    frames: table.frames,
  };
}

/** Adds totals, and puts the widest child first; parents stay before their children. O(n log n). */
function toFlame(columns: StackColumns, frames: readonly FlameFrame[]): Pick<FlameGraph, 'sampleCount' | FlameColumn> {
  const totals = totalsOf(columns);
  const children = new Map<number, number[]>();
  for (const [node, above] of columns.parent.entries()) {
    const siblings = children.get(above);
    if (siblings === undefined) children.set(above, [node]);
    else siblings.push(node);
  }
  const graph: Record<'frame' | 'parent' | 'selfUs' | 'totalUs', number[]> = {
    frame: [],
    parent: [],
    selfUs: [],
    totalUs: [],
  };
  const waiting: { readonly node: number; readonly above: number }[] = [{ node: 0, above: -1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, above } = next;
    const place = graph.frame.push(columns.frame[node] ?? 0) - 1;
    graph.parent.push(above);
    graph.selfUs.push(Math.round(columns.selfUs[node] ?? 0));
    graph.totalUs.push(Math.round(totals[node] ?? 0));
    // The last one in is the first one out.
    const below = (children.get(node) ?? []).toSorted((one, other) => (totals[one] ?? 0) - (totals[other] ?? 0));
    for (const child of below) waiting.push({ node: child, above: place });
  }
  return { sampleCount: columns.selfCount.reduce((sum, count) => sum + count, 0), frames, ...graph };
}

/** What is kept, packed: JSON of columns through gzip, level 1 because the minute's writer has other things to do. */
export function packRecording({ idleUs, frames, parts }: Recording): Uint8Array {
  const packed: Packed = {
    v: 1,
    idleUs,
    frames: frames.map(({ name, file, line, owner }) => [name, file, line, OWNERS.indexOf(owner)]),
    parts: parts.map(({ labels, columns: { frame, parent, selfUs, selfCount } }) => [
      labels,
      frame,
      // Distances to the parent are small numbers that repeat, which packs well.
      parent.map((above, node) => node - above),
      selfUs.map(Math.round),
      selfCount,
    ]),
  };
  return gzipSync(JSON.stringify(packed), { level: 1 });
}

/** Nothing for what another version wrote. */
export function unpackRecording(bytes: Uint8Array): Recording | undefined {
  const packed: unknown = JSON.parse(gunzipSync(bytes).toString());
  if (!isRecord(packed) || packed['v'] !== 1) return undefined;
  // Only `packRecording` writes this version.
  const { idleUs, frames, parts } = packed as unknown as Packed;
  return {
    idleUs,
    frames: frames.map(([name, file, line, owner]) => ({ name, file, line, owner: OWNERS[owner] ?? 'native' })),
    parts: parts.map(([labels, frame, distance, selfUs, selfCount]) => ({
      labels,
      columns: { frame, parent: distance.map((back, node) => node - back), selfUs, selfCount },
    })),
  };
}

interface Packed {
  readonly v: 1;
  readonly idleUs: number;
  readonly frames: readonly (readonly [name: string, file: string, line: number, owner: number])[];
  readonly parts: readonly (readonly [
    labels: RecordingLabels,
    frame: readonly number[],
    distance: readonly number[],
    selfUs: readonly number[],
    selfCount: readonly number[],
  ])[];
}

const OWNERS: readonly FlameFrame['owner'][] = ['application', 'dependency', 'node', 'native'];
