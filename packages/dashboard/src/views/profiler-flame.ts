import type { CallTree, Profiler } from '@dataguardian/profiler';
import type { FlameFrame, FlameGraph } from '../api/profiler.ts';
import type { FlameSource } from '../sources.ts';

type CallNode = CallTree['root'];

const MOST_LISTED = 50;

/** Stacks that the profiler samples all the time, as flame graphs of any range that it keeps. */
export function createProfilerFlame(profiler: Pick<Profiler, 'samples' | 'facets'>): FlameSource {
  return {
    // People are hashes whose key ends with the process.
    facets() {
      const { routes, users, scans } = profiler.facets();
      return { routes, users: users.slice(0, MOST_LISTED), scans: scans.slice(0, MOST_LISTED), threads: [] };
    },
    graph({ from, to, route, user, scan }) {
      const { tree, sampleCount, idleUs } = profiler.samples({
        from,
        to,
        ...(route === undefined ? {} : { route }),
        ...(user === undefined ? {} : { user }),
        ...(scan === undefined ? {} : { scan }),
      });
      return { from, to, unit: 'us', sampleCount, idleUs: Math.round(idleUs), ...toColumns(tree.root) };
    },
  };
}

/** Parents before children, the widest child first. O(nodes). */
export function toColumns(root: CallNode): Pick<FlameGraph, 'frames' | 'frame' | 'parent' | 'selfUs' | 'totalUs'> {
  const frames: FlameFrame[] = [];
  const known = new Map<string, number>();
  const frame: number[] = [];
  const parent: number[] = [];
  const selfUs: number[] = [];
  const totalUs: number[] = [];
  const totals = new Map<CallNode, number>();

  const totalOf = (node: CallNode): number => {
    let total = node.selfUs;
    for (const child of node.children.values()) total += totalOf(child);
    totals.set(node, total);
    return total;
  };

  const intern = ({ functionName: name, file, line, owner }: CallNode['frame']): number => {
    const key = `${name}\n${file}\n${line}`;
    const index = known.get(key) ?? frames.push({ name, file, line, owner }) - 1;
    known.set(key, index);
    return index;
  };

  const add = (node: CallNode, above: number): void => {
    const index = frame.push(intern(node.frame)) - 1;
    parent.push(above);
    selfUs.push(Math.round(node.selfUs));
    totalUs.push(Math.round(totals.get(node) ?? 0));
    const children = [...node.children.values()];
    for (const child of children.toSorted((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0))) add(child, index);
  };

  totalOf(root);
  add(root, -1);
  return { frames, frame, parent, selfUs, totalUs };
}
