import { toFrameKey, walkTree } from './call-tree.ts';
import type { Frame, FrameOwner } from './frame.ts';
import type { MergedSamples } from './profile-store.ts';
import type { SourceCode } from './source-code.ts';

/** Processor time of one function over all its callers. */
export interface HotFunction {
  readonly name: string;
  readonly file: string;
  /** The line within it that took most of its own time; its first line when V8 knows none. */
  readonly line: number;
  readonly owner: FrameOwner;
  readonly sampleCount: number;
  readonly selfMs: number;
  readonly totalMs: number;
  /** Share of all time in which the loop was not idle, 0..1. */
  readonly selfRatio: number;
  readonly totalRatio: number;
}

interface Totals {
  readonly frame: Frame;
  sampleCount: number;
  selfUs: number;
  totalUs: number;
}

/** Ranks functions by their own time, greatest first; recursion counts once into the total. */
export function rankFunctions(merged: MergedSamples, source: SourceCode, count: number): readonly HotFunction[] {
  const totals = new Map<string, Totals>();
  let wholeUs = 0;
  walkTree(merged.tree, (node, stack) => {
    wholeUs += node.selfUs;
    const seen = new Set<string>();
    for (const frame of stack) {
      const key = toFrameKey(frame);
      if (seen.has(key)) continue;
      seen.add(key);
      const entry = totals.get(key) ?? { frame, sampleCount: 0, selfUs: 0, totalUs: 0 };
      entry.totalUs += node.selfUs;
      totals.set(key, entry);
    }
    const own = totals.get(toFrameKey(node.frame));
    if (own === undefined) return;
    own.selfUs += node.selfUs;
    own.sampleCount += node.selfCount;
  });
  return [...totals]
    .toSorted(([, a], [, b]) => b.selfUs - a.selfUs || b.totalUs - a.totalUs)
    .slice(0, count)
    .map(([key, { frame, sampleCount, selfUs, totalUs }]) => {
      const line = hottest(merged.lines.get(key), (candidate) => source.isWithin(frame, candidate)) ?? frame.line;
      const place =
        frame.file === '' ? frame : source.toOriginal(frame.file, line, line === frame.line ? frame.column : 0);
      return {
        name: frame.functionName,
        file: place.file,
        line: place.line,
        owner: frame.owner,
        sampleCount,
        selfMs: selfUs / 1_000,
        totalMs: totalUs / 1_000,
        selfRatio: wholeUs > 0 ? selfUs / wholeUs : 0,
        totalRatio: wholeUs > 0 ? totalUs / wholeUs : 0,
      };
    });
}

function hottest(
  lines: ReadonlyMap<number, number> | undefined,
  isPossible: (line: number) => boolean,
): number | undefined {
  const [hottestPossible] = [...(lines ?? [])].toSorted((a, b) => b[1] - a[1]).find(([line]) => isPossible(line)) ?? [];
  return hottestPossible;
}
