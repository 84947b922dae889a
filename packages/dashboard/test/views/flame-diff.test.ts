import { expect, it } from 'vitest';
import type { FlameGraph } from '../../src/api/profiler.ts';
import { toFlameDiff } from '../../src/views/flame-diff.ts';

const graph = (
  names: readonly string[],
  parent: readonly number[],
  selfUs: readonly number[],
  lengthMs: number,
): FlameGraph => ({
  from: 0,
  to: lengthMs,
  unit: 'us',
  sampleCount: selfUs.length,
  idleUs: 0,
  frames: names.map((name) => ({ name, file: 'a.ts', line: 1, owner: 'application' })),
  frame: names.map((_, index) => index),
  parent,
  selfUs,
  totalUs: selfUs,
});

it('unites both trees and scales the base to the same length', () => {
  const now = graph(['(root)', 'a', 'b'], [-1, 0, 1], [0, 10, 20], 1_000);
  const before = graph(['(root)', 'c', 'a'], [-1, 0, 0], [0, 8, 6], 2_000);
  const diff = toFlameDiff(now, before);
  const rows = diff.frame.map((frame, index) => [
    diff.frames[frame]?.name,
    diff.parent[index],
    diff.selfUs[index],
    diff.baseSelfUs[index],
  ]);
  expect(rows).toEqual([
    ['(root)', -1, 0, 0],
    ['a', 0, 10, 3],
    ['b', 1, 20, 0],
    ['c', 0, 0, 4],
  ]);
});
