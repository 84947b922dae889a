import { createCallTree, walkTree, type CallTree } from '../sampling/call-tree.ts';
import type { Frame } from '../sampling/frame.ts';
import type { Labels } from '../sampling/labels.ts';

/** Folded samples of another thread or process as plain data. */
export interface SampleBatch {
  readonly type: 'dataguardian:samples';
  /** `thread 2`, `process 4711`. */
  readonly source: string;
  readonly labels: Labels;
  readonly frames: readonly Frame[];
  /** Frames by index, outermost caller first, with the samples that ended there. */
  readonly stacks: readonly (readonly [frames: readonly number[], sampleCount: number, durationUs: number])[];
}

/** A batch is a few kilobytes; anything larger did not come from us. */
const MOST_STACKS = 50_000;

/** Makes plain data of a tree. */
export function toBatch(tree: CallTree, source: string, labels: Labels): SampleBatch {
  const frames: Frame[] = [];
  const indexes = new Map<Frame, number>();
  const stacks: [number[], number, number][] = [];
  walkTree(tree, (node, stack) => {
    if (node.selfCount === 0 && node.selfUs === 0) return;
    const path = stack.map((frame) => {
      const index = indexes.get(frame) ?? frames.push(frame) - 1;
      indexes.set(frame, index);
      return index;
    });
    stacks.push([path, node.selfCount, node.selfUs]);
  });
  return { type: 'dataguardian:samples', source, labels, frames, stacks };
}

/** The tree of a batch, below one frame that names its source. */
export function fromBatch({ source, frames, stacks }: SampleBatch): CallTree {
  const tree = createCallTree();
  const root: Frame = { functionName: `(${source})`, file: '', line: 0, column: 0, owner: 'native' };
  for (const [path, sampleCount, durationUs] of stacks) {
    const stack = path.map((index) => frames[index]).filter((frame) => frame !== undefined);
    tree.add([root, ...stack], sampleCount, durationUs);
  }
  return tree;
}

/** Whether a message of unknown origin is a batch. */
export function isBatch(message: unknown): message is SampleBatch {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'dataguardian:samples' &&
    'stacks' in message &&
    Array.isArray(message.stacks) &&
    message.stacks.length <= MOST_STACKS &&
    'frames' in message &&
    Array.isArray(message.frames)
  );
}
