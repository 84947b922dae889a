import { createCallTree, totalUsOf, type CallTree } from './call-tree.ts';
import type { Frame } from './frame.ts';
import { matchesLabels, toLabelKey, type Labels } from './labels.ts';

/** Samples of a stretch of time, folded. */
export interface FoldedSamples {
  readonly labels: Labels;
  readonly tree: CallTree;
}

/** What a question to the store may ask for. */
export interface ProfileFilter extends Labels {
  /** Epoch milliseconds; slices that end before are left out. @defaultValue everything kept */
  readonly from?: number;
  /** Epoch milliseconds; slices that begin after are left out. @defaultValue now */
  readonly to?: number;
}

/** One merged answer. */
export interface MergedSamples {
  readonly tree: CallTree;
  readonly sampleCount: number;
  readonly idleUs: number;
  /** Self time in microseconds by function key and line, where V8 knew the line. */
  readonly lines: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Samples of a stretch of time by what they are about, to be kept elsewhere. */
export interface LabelledSamples {
  /** Begin of the oldest slice that is still held; infinite when there is none. */
  readonly since: number;
  readonly idleUs: number;
  readonly parts: readonly FoldedSamples[];
}

/** What samples can be asked for. */
export interface Facets {
  readonly routes: readonly string[];
  /** Keyed hashes. */
  readonly users: readonly string[];
  readonly organisations: readonly string[];
  readonly scans: readonly string[];
  readonly releases: readonly string[];
}

/** Folded samples of the recent past, bounded in memory. */
export interface ProfileStore {
  /** Adds one sample taken at `at` (epoch milliseconds). */
  add(at: number, labels: Labels, sample: SampleToKeep): void;
  addIdle(at: number, durationUs: number): void;
  /** Adds what another thread or process folded. */
  addTree(at: number, labels: Labels, tree: CallTree): void;
  merged(filter: ProfileFilter): MergedSamples;
  /** Slices of ten seconds that begin within the range, so that ranges side by side share none. */
  byLabels(range: { readonly from: number; readonly to: number }): LabelledSamples;
  /** Values of labels that samples carry, those with most time first. */
  facets(): Facets;
  /** Roughly what is held. */
  readonly bytes: number;
}

/** The part of a sample that is kept. */
export interface SampleToKeep {
  readonly stack: readonly Frame[];
  readonly durationUs: number;
  /** Key of the function that `line` lies in; empty when the line is unknown. */
  readonly lineKey: string;
  readonly line: number;
}

interface Slice {
  readonly from: number;
  readonly trees: Map<string, { readonly labels: Labels; readonly tree: CallTree }>;
  readonly lines: Map<string, Map<number, number>>;
  idleUs: number;
}

const SLICE_MS = 10_000;
/** Label sets kept apart within one slice; further ones are counted without labels. */
const LABEL_SETS_PER_SLICE = 64;
/** A node with its map entry and its share of frames; measured with 100,000 nodes on Node 24. */
const BYTES_PER_NODE = 320;
const NO_LABELS: Labels = {};

/** Keeps slices of ten seconds for `keepMs`, and fewer of them when `budgetBytes` is reached. */
export function createProfileStore(keepMs: number, budgetBytes: number): ProfileStore {
  const slices: Slice[] = [];

  const sliceAt = (at: number): Slice => {
    const from = Math.floor(at / SLICE_MS) * SLICE_MS;
    const latest = slices.at(-1);
    if (latest?.from === from) return latest;
    const earlier = slices.find((slice) => slice.from === from);
    if (earlier !== undefined) return earlier;
    const slice: Slice = { from, trees: new Map(), lines: new Map(), idleUs: 0 };
    slices.push(slice);
    slices.sort((a, b) => a.from - b.from);
    while (slices.length > 1 && ((slices[0]?.from ?? 0) < from - keepMs || bytesOf(slices) > budgetBytes))
      slices.shift();
    return slice;
  };

  const treeOf = (slice: Slice, labels: Labels): CallTree => {
    const key = toLabelKey(labels);
    const known = slice.trees.get(key);
    if (known !== undefined) return known.tree;
    if (slice.trees.size >= LABEL_SETS_PER_SLICE && labels !== NO_LABELS) return treeOf(slice, NO_LABELS);
    const tree = createCallTree();
    slice.trees.set(key, { labels, tree });
    return tree;
  };

  return {
    get bytes() {
      return bytesOf(slices);
    },
    add(at, labels, { stack, durationUs, lineKey, line }) {
      const slice = sliceAt(at);
      treeOf(slice, labels).add(stack, 1, durationUs);
      if (line === 0) return;
      const lines = slice.lines.get(lineKey) ?? new Map<number, number>();
      lines.set(line, (lines.get(line) ?? 0) + durationUs);
      slice.lines.set(lineKey, lines);
    },
    addIdle(at, durationUs) {
      sliceAt(at).idleUs += durationUs;
    },
    addTree(at, labels, tree) {
      treeOf(sliceAt(at), labels).merge(tree);
    },
    merged(filter) {
      const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
      const tree = createCallTree();
      const lines = new Map<string, Map<number, number>>();
      let idleUs = 0;
      for (const slice of slices) {
        if (slice.from + SLICE_MS <= from || slice.from > to) continue;
        idleUs += slice.idleUs;
        for (const { labels, tree: part } of slice.trees.values()) {
          if (matchesLabels(labels, filter)) tree.merge(part);
        }
        for (const [key, times] of slice.lines) {
          const merged = lines.get(key) ?? new Map<number, number>();
          for (const [line, durationUs] of times) merged.set(line, (merged.get(line) ?? 0) + durationUs);
          lines.set(key, merged);
        }
      }
      return { tree, sampleCount: countOf(tree), idleUs, lines };
    },
    byLabels({ from, to }) {
      const parts = new Map<string, FoldedSamples>();
      let idleUs = 0;
      for (const slice of slices) {
        if (slice.from < from || slice.from >= to) continue;
        idleUs += slice.idleUs;
        for (const [key, { labels, tree }] of slice.trees) {
          const part = parts.get(key) ?? { labels, tree: createCallTree() };
          parts.set(key, part);
          part.tree.merge(tree);
        }
      }
      return { since: slices[0]?.from ?? Number.POSITIVE_INFINITY, idleUs, parts: [...parts.values()] };
    },
    facets() {
      const valuesOf = (name: keyof Labels): readonly string[] => {
        const totals = new Map<string, number>();
        for (const { trees } of slices) {
          for (const { labels, tree } of trees.values()) {
            const value = labels[name];
            if (value !== undefined) totals.set(value, (totals.get(value) ?? 0) + totalUsOf(tree.root));
          }
        }
        return [...totals].toSorted((a, b) => b[1] - a[1]).map(([value]) => value);
      };
      return {
        routes: valuesOf('route'),
        users: valuesOf('user'),
        organisations: valuesOf('organisation'),
        scans: valuesOf('scan'),
        releases: valuesOf('release'),
      };
    },
  };
}

function bytesOf(slices: readonly Slice[]): number {
  let nodeCount = 0;
  for (const { trees } of slices) for (const { tree } of trees.values()) nodeCount += tree.nodeCount;
  return nodeCount * BYTES_PER_NODE;
}

function countOf(tree: CallTree): number {
  const count = (node: CallTree['root']): number => {
    let sum = node.selfCount;
    for (const child of node.children.values()) sum += count(child);
    return sum;
  };
  return count(tree.root);
}
