import type { CpuProfile } from '../cpu-profile.ts';
import type { CallNode, CallTree } from '../sampling/call-tree.ts';

type ProfileNode = CpuProfile['nodes'][number];

/**
 * Writes folded samples as V8's own format, which Chrome DevTools opens. Folding has lost the order of the samples, so
 * they stand by stack: sums are exact, the time line of the viewer is not.
 */
export function toCpuProfile(tree: CallTree): CpuProfile {
  const nodes: ProfileNode[] = [];
  const samples: number[] = [];
  const timeDeltas: number[] = [];

  const write = (node: CallNode): number => {
    const id = nodes.length + 1;
    const children: number[] = [];
    const { functionName, file, line, column } = node.frame;
    nodes.push({
      id,
      callFrame: {
        functionName,
        scriptId: '0',
        url: file.startsWith('/') ? `file://${encodeURI(file)}` : file,
        lineNumber: line - 1,
        columnNumber: column,
      },
      hitCount: node.selfCount,
      children,
    });
    for (let sample = 0; sample < node.selfCount; sample++) {
      samples.push(id);
      timeDeltas.push(Math.round(node.selfUs / node.selfCount));
    }
    for (const child of node.children.values()) children.push(write(child));
    return id;
  };
  write(tree.root);

  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return { nodes, startTime: 0, endTime, samples, timeDeltas };
}
