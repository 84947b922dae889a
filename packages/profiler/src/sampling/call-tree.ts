import type { Frame } from './frame.ts';

/** Time of one function as called through one chain of callers. */
export interface CallNode {
  readonly frame: Frame;
  /** Samples that ended in this function itself. */
  readonly selfCount: number;
  /** Microseconds in this function itself, native code that it called included. */
  readonly selfUs: number;
  readonly children: ReadonlyMap<string, CallNode>;
}

/** Samples folded by their stacks. */
export interface CallTree {
  /** Adds samples that ended in the last frame of `stack`; outermost caller first. */
  add(stack: readonly Frame[], sampleCount: number, durationUs: number): void;
  /** Adds everything that `other` holds. */
  merge(other: CallTree): void;
  readonly root: CallNode;
  readonly nodeCount: number;
}

interface MutableNode extends CallNode {
  selfCount: number;
  selfUs: number;
  readonly children: Map<string, MutableNode>;
}

const ROOT: Frame = { functionName: '(root)', file: '', line: 0, column: 0, owner: 'native' };

/** Creates an empty tree. Recursion deeper than V8's own limit of frames does not occur: stacks come from samples. */
export function createCallTree(): CallTree {
  const root = newNode(ROOT);
  let nodeCount = 1;

  const childOf = (parent: MutableNode, frame: Frame): MutableNode => {
    const key = toFrameKey(frame);
    let child = parent.children.get(key);
    if (child === undefined) {
      child = newNode(frame);
      parent.children.set(key, child);
      nodeCount += 1;
    }
    return child;
  };

  const mergeInto = (target: MutableNode, source: CallNode): void => {
    target.selfCount += source.selfCount;
    target.selfUs += source.selfUs;
    for (const child of source.children.values()) mergeInto(childOf(target, child.frame), child);
  };

  return {
    root,
    get nodeCount() {
      return nodeCount;
    },
    add(stack, sampleCount, durationUs) {
      let node = root;
      for (const frame of stack) node = childOf(node, frame);
      node.selfCount += sampleCount;
      node.selfUs += durationUs;
    },
    merge(other) {
      mergeInto(root, other.root);
    },
  };
}

/** What makes two frames the same function. */
export function toFrameKey({ functionName, file, line, column }: Frame): string {
  return `${functionName}\n${file}\n${line}\n${column}`;
}

/** Self time of a node and of everything below it, in microseconds. */
export function totalUsOf(node: CallNode): number {
  let total = node.selfUs;
  for (const child of node.children.values()) total += totalUsOf(child);
  return total;
}

/** Calls `visit` for every node with its stack, outermost caller first; the root itself is left out. */
export function walkTree(tree: CallTree, visit: (node: CallNode, stack: readonly Frame[]) => void): void {
  const stack: Frame[] = [];
  const walk = (node: CallNode): void => {
    for (const child of node.children.values()) {
      stack.push(child.frame);
      visit(child, stack);
      walk(child);
      stack.pop();
    }
  };
  walk(tree.root);
}

function newNode(frame: Frame): MutableNode {
  return { frame, selfCount: 0, selfUs: 0, children: new Map() };
}
