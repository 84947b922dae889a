import type { FlameDiff, FlameFrame, FlameGraph } from '../api/profiler.ts';

interface Node {
  readonly frame: number;
  readonly parent: number;
  readonly children: Map<number, number>;
  selfUs: number;
  totalUs: number;
  baseSelfUs: number;
  baseTotalUs: number;
}

/**
 * The union of two flame graphs. Times of `base` are scaled to the length of the other range, so that an hour can be
 * compared with ten minutes. O(nodes); parents stay before their children.
 */
export function toFlameDiff(graph: FlameGraph, base: FlameGraph): FlameDiff {
  const frames: FlameFrame[] = [];
  const known = new Map<string, number>();
  const nodes: Node[] = [];

  const internFrames = (source: FlameGraph): readonly number[] =>
    source.frames.map((frame) => {
      const key = `${frame.name}\n${frame.file}\n${frame.line}`;
      let index = known.get(key);
      if (index === undefined) {
        index = frames.push(frame) - 1;
        known.set(key, index);
      }
      return index;
    });

  const add = (source: FlameGraph, visit: (node: Node, index: number) => void): void => {
    const interned = internFrames(source);
    const places: number[] = [];
    for (const [index, frameIndex] of source.frame.entries()) {
      const frame = interned[frameIndex] ?? 0;
      const parent = index === 0 ? -1 : (places[source.parent[index] ?? 0] ?? 0);
      // There is one root, whatever each graph calls it.
      const siblings = nodes[parent]?.children;
      let place = index === 0 && nodes.length > 0 ? 0 : siblings?.get(frame);
      if (place === undefined) {
        place = nodes.length;
        nodes.push({ frame, parent, children: new Map(), selfUs: 0, totalUs: 0, baseSelfUs: 0, baseTotalUs: 0 });
        siblings?.set(frame, place);
      }
      places.push(place);
      const node = nodes[place];
      if (node !== undefined) visit(node, index);
    }
  };

  const scale = (graph.to - graph.from) / Math.max(1, base.to - base.from);
  add(graph, (node, index) => {
    node.selfUs += graph.selfUs[index] ?? 0;
    node.totalUs += graph.totalUs[index] ?? 0;
  });
  add(base, (node, index) => {
    node.baseSelfUs += Math.round((base.selfUs[index] ?? 0) * scale);
    node.baseTotalUs += Math.round((base.totalUs[index] ?? 0) * scale);
  });

  return {
    from: graph.from,
    to: graph.to,
    unit: 'us',
    sampleCount: graph.sampleCount,
    idleUs: graph.idleUs,
    frames,
    frame: nodes.map(({ frame }) => frame),
    parent: nodes.map(({ parent }) => parent),
    selfUs: nodes.map(({ selfUs }) => selfUs),
    totalUs: nodes.map(({ totalUs }) => totalUs),
    baseSelfUs: nodes.map(({ baseSelfUs }) => baseSelfUs),
    baseTotalUs: nodes.map(({ baseTotalUs }) => baseTotalUs),
  };
}
