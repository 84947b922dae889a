import { toFrameKey, walkTree, type CallTree } from '../sampling/call-tree.ts';

/** The part of Speedscope's file format that sampled profiles use (speedscope.app/file-format-schema.json). */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly [
    {
      readonly type: 'sampled';
      readonly name: string;
      readonly unit: 'microseconds';
      readonly startValue: number;
      readonly endValue: number;
      readonly samples: readonly (readonly number[])[];
      readonly weights: readonly number[];
    },
  ];
}

interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/** Writes folded samples for Speedscope; the stacks stand in the order of the tree. */
export function toSpeedscope(tree: CallTree, name: string): SpeedscopeFile {
  const frames: SpeedscopeFrame[] = [];
  const indexes = new Map<string, number>();
  const samples: number[][] = [];
  const weights: number[] = [];
  walkTree(tree, (node, stack) => {
    if (node.selfUs === 0) return;
    weights.push(node.selfUs);
    samples.push(
      stack.map((frame) => {
        const key = toFrameKey(frame);
        const known = indexes.get(key);
        if (known !== undefined) return known;
        const index = frames.length;
        indexes.set(key, index);
        const { functionName, file, line } = frame;
        frames.push({ name: functionName, ...(file === '' ? {} : { file }), ...(line > 0 ? { line } : {}) });
        return index;
      }),
    );
  });
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames },
    profiles: [{ type: 'sampled', name, unit: 'microseconds', startValue: 0, endValue, samples, weights }],
  };
}
