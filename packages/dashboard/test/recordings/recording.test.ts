import { toTree } from '@dataguardian/profiler';
import { describe, expect, it } from 'vitest';
import { createRecordingSum, packRecording, unpackRecording, type Recording } from '../../src/recordings/recording.ts';
import { createFrameTable, createStackTree, prune, totalsOf } from '../../src/recordings/stack-tree.ts';

type Root = ReturnType<typeof toTree>['root'];

const node = (functionName: string, selfUs: number, children: readonly Root[] = []): Root => ({
  frame: { functionName, file: functionName === '(root)' ? '' : 'a.ts', line: 1, column: 7, owner: 'application' },
  selfCount: 1,
  selfUs,
  children: new Map(children.map((child, index) => [String(index), child])),
});

/** Names and totals of a graph, as text: one line a node, deeper ones further in. */
function drawn({
  frames,
  frame,
  parent,
  totalUs,
}: ReturnType<ReturnType<typeof createRecordingSum>['toGraph']>): string[] {
  const depth: number[] = [];
  return frame.map((index, place) => {
    depth[place] = (depth[parent[place] ?? -1] ?? -1) + 1;
    return `${'  '.repeat(depth[place] ?? 0)}${frames[index]?.name} ${totalUs[place]}`;
  });
}

const sumOf = (...recordings: readonly Recording[]): ReturnType<typeof createRecordingSum> => {
  const sum = createRecordingSum();
  for (const recording of recordings) sum.add(recording);
  return sum;
};

describe('a recording', () => {
  it('is a graph with parents before children, the widest first', () => {
    const sum = createRecordingSum();
    sum.addSamples({}, node('(root)', 0, [node('small', 5), node('wide', 10, [node('small', 20)])]));
    expect(drawn(sum.toGraph({}))).toEqual(['(root) 35', '  wide 30', '    small 20', '  small 5']);
    expect(sum.toGraph({}).frames).toHaveLength(3);
  });

  it('adds up with others, and can be asked for a route, a user and a scan', () => {
    const one = createRecordingSum();
    one.addSamples({ route: 'GET /a', user: 'u1' }, node('(root)', 0, [node('work', 10)]));
    one.addIdle(100);
    const other = createRecordingSum();
    other.addSamples({ route: 'GET /a', user: 'u2' }, node('(root)', 0, [node('work', 4), node('more', 3)]));
    other.addSamples({ scan: 's' }, node('(root)', 0, [node('read', 50)]));
    const sum = sumOf(one.toRecording(), other.toRecording());
    expect(drawn(sum.toGraph({}))).toEqual(['(root) 67', '  read 50', '  work 14', '  more 3']);
    expect(drawn(sum.toGraph({ route: 'GET /a' }))).toEqual(['(root) 17', '  work 14', '  more 3']);
    expect(drawn(sum.toGraph({ user: 'u2' }))).toEqual(['(root) 7', '  work 4', '  more 3']);
    expect(drawn(sum.toGraph({ scan: 's', route: 'GET /a' }))).toEqual(['(root) 0']);
    expect(sum.toGraph({})).toMatchObject({ idleUs: 100, sampleCount: 7 });
  });

  it('is packed and read back without loss', () => {
    const sum = createRecordingSum();
    sum.addSamples({ route: 'GET /a', user: 'u1' }, node('(root)', 0, [node('work', 10, [node('deep', 3)])]));
    sum.addSamples({}, node('(root)', 2));
    const recording = sum.toRecording();
    expect(unpackRecording(packRecording(recording))).toEqual(recording);
    expect(unpackRecording(packRecording(recording))?.frames.map(({ name }) => name)).toEqual([
      '(root)',
      'work',
      'deep',
    ]);
  });

  it('is bounded: whatever was sampled, its time is all there, and so are the labels with most of it', () => {
    const sum = createRecordingSum();
    for (let route = 0; route < 100; route += 1) {
      const many = Array.from({ length: 400 }, (_, index) => node(`f${route} ${index}`, 1 + index));
      sum.addSamples({ route: `GET /${route % 60}`, user: `u${route}` }, node('(root)', route, many));
    }
    const recording = sum.toRecording();
    const nodeCount = recording.parts.reduce((count, { columns }) => count + columns.frame.length, 0);
    expect(nodeCount).toBeLessThanOrEqual(4_000 + recording.parts.length);
    expect(recording.parts.length).toBeLessThanOrEqual(40 + 60);
    expect(recording.parts.filter(({ labels }) => labels.user !== undefined)).toHaveLength(40);
    expect(packRecording(recording).length).toBeLessThan(100 * 1_024);
    const whole = recording.parts.reduce((time, { columns }) => time + (totalsOf(columns)[0] ?? 0), 0);
    expect(whole).toBe((100 * 400 * 401) / 2 + (100 * 99) / 2);
  });
});

describe('a tree that is made smaller', () => {
  it('keeps the greatest nodes, and the time of the others with who called them', () => {
    const table = createFrameTable();
    const tree = createStackTree(table);
    tree.addTree(node('(root)', 0, [node('a', 1, [node('b', 50), node('c', 2)]), node('d', 3)]));
    const small = prune(tree.columns(), 3);
    expect(small.frame.map((index) => table.frames[index]?.name)).toEqual(['(root)', 'a', 'b']);
    expect([small.parent, small.selfUs]).toEqual([
      [-1, 0, 1],
      [3, 3, 50],
    ]);
  });
});
