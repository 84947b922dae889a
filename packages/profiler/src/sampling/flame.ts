import { totalUsOf, type CallNode } from './call-tree.ts';
import type { FrameOwner } from './frame.ts';
import type { MergedSamples } from './profile-store.ts';
import type { SourceCode } from './source-code.ts';

/** One box of a flame graph. */
export interface FlameNode {
  readonly name: string;
  /** Original file; empty for native code. */
  readonly file: string;
  readonly line: number;
  readonly owner: FrameOwner;
  /** Milliseconds in it and below it. */
  readonly totalMs: number;
  readonly selfMs: number;
  /** Most time first. */
  readonly children: readonly FlameNode[];
}

/** A flame graph: plain data, ready for JSON. */
export interface Flame {
  /** Epoch milliseconds of the first and last moment asked for. */
  readonly from: number;
  readonly to: number;
  readonly sampleCount: number;
  readonly intervalMs: number;
  readonly idleMs: number;
  /** Routes that can be asked for. */
  readonly routes: readonly string[];
  readonly root: FlameNode;
}

/** Boxes below this share of the whole are too thin to see. */
const LEAST_SHARE = 0.001;
const MOST_NODES = 4_000;

/** Prunes and translates a tree for drawing; at most 4,000 boxes, the widest first. */
export function toFlameNode({ tree }: MergedSamples, source: SourceCode): FlameNode {
  const wholeUs = totalUsOf(tree.root);
  let left = MOST_NODES;
  const convert = (node: CallNode, totalUs: number): FlameNode => {
    left -= 1;
    const { frame } = node;
    const place = frame.file === '' ? frame : source.toOriginal(frame.file, frame.line, frame.column);
    const children: FlameNode[] = [];
    const byTime = [...node.children.values()]
      .map((child) => ({ child, childUs: totalUsOf(child) }))
      .toSorted((a, b) => b.childUs - a.childUs);
    for (const { child, childUs } of byTime) {
      if (left <= 0 || childUs < wholeUs * LEAST_SHARE) break;
      children.push(convert(child, childUs));
    }
    return {
      name: frame.functionName,
      file: place.file,
      line: place.line,
      owner: frame.owner,
      totalMs: totalUs / 1_000,
      selfMs: node.selfUs / 1_000,
      children,
    };
  };
  return convert(tree.root, wholeUs);
}
