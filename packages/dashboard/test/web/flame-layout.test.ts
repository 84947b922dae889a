import { describe, expect, it } from 'vitest';
import type { FlameGraph } from '../../src/api/profiler.ts';
import { boxAt, layOut, toFlameTree } from '../../web/src/parts/flame-layout.ts';

/** main(100) -> wide(70) -> deep(40), thin(30). */
function graph(change: Partial<FlameGraph> = {}): FlameGraph {
  return {
    from: 0,
    to: 1,
    unit: 'us',
    sampleCount: 10,
    idleUs: 0,
    frames: [],
    frame: [0, 1, 2, 3],
    parent: [-1, 0, 0, 1],
    selfUs: [0, 30, 30, 40],
    totalUs: [100, 70, 30, 40],
    ...change,
  };
}

describe('boxes of a flame graph', () => {
  it('are as wide as their share, the widest first, a row a level', () => {
    const boxes = layOut(toFlameTree(graph()), 0, 200);
    expect([...boxes.node]).toEqual([0, 1, 2, 3]);
    expect([...boxes.x]).toEqual([0, 0, 140, 0]);
    expect([...boxes.width]).toEqual([200, 140, 60, 80]);
    expect(boxes.rowStart).toEqual([0, 1, 3, 4]);
  });

  it('fill the width from the node that is looked at', () => {
    const boxes = layOut(toFlameTree(graph()), 1, 70);
    expect([...boxes.node]).toEqual([1, 3]);
    expect([...boxes.width]).toEqual([70, 40]);
  });

  it('leave out what is narrower than can be seen', () => {
    const boxes = layOut(toFlameTree(graph({ totalUs: [10_000, 9_970, 3, 40] })), 0, 200);
    expect([...boxes.node]).toEqual([0, 1, 3]);
  });

  it('keep what has vanished since the range that is compared with', () => {
    const boxes = layOut(toFlameTree(graph({ totalUs: [30, 0, 30, 0], baseTotalUs: [100, 70, 30, 40] })), 0, 100);
    expect([...boxes.width]).toEqual([100, 70, 30, 40]);
  });

  it('are found by where they are', () => {
    const boxes = layOut(toFlameTree(graph()), 0, 200);
    expect([boxAt(boxes, 1, 150), boxAt(boxes, 2, 79), boxAt(boxes, 2, 81), boxAt(boxes, 9, 1)]).toEqual([
      2, 3, -1, -1,
    ]);
  });
});
