import type { CpuProfile } from '../cpu-profile.ts';
import { isOwnFile, toFrame, type Frame } from './frame.ts';

/** One moment at which the stack was looked at. */
export interface StackSample {
  /** Microseconds of the machine's monotonic clock, as `process.hrtime` counts. */
  readonly atUs: number;
  /** Time since the sample before. */
  readonly durationUs: number;
  /** Outermost caller first; empty when the loop waited or no JavaScript ran. */
  readonly stack: readonly Frame[];
  readonly state: 'running' | 'idle' | 'native' | 'collecting';
  /** Index in `stack` of the innermost frame of the program itself, or of a package when there is none; -1: neither. */
  readonly blamedIndex: number;
  /** Lines that the blamed function's own samples fell on, counted from 1, those with most first. Some may be of others. */
  readonly blamedLines: readonly number[];
}

const STATES: Readonly<Record<string, StackSample['state']>> = {
  '(idle)': 'idle',
  '(program)': 'native',
  '(garbage collector)': 'collecting',
};

/** Spells V8's recording out, sample by sample, in order of time. Garbage collection keeps the stack that it stopped. */
export function toSamples(profile: CpuProfile): readonly StackSample[] {
  const parents = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, toFrame(callFrame)]));
  const lines = new Map(profile.nodes.map(({ id, positionTicks }) => [id, hottestLines(positionTicks ?? [])]));
  const stacks = new Map<number, readonly Frame[]>();

  const stackOf = (id: number): readonly Frame[] => {
    const known = stacks.get(id);
    if (known !== undefined) return known;
    const stack: Frame[] = [];
    for (let current: number | undefined = id; current !== undefined; current = parents.get(current)) {
      const frame = frames.get(current);
      // The root is nobody's; wrappers of the profiler stand between the program and what it calls.
      if (frame === undefined || !parents.has(current) || (stack.length > 0 && isOwnFile(frame.file))) continue;
      stack.push(frame);
    }
    stack.reverse();
    stacks.set(id, stack);
    return stack;
  };

  const blames = new Map<number, Blame>();
  const blameOf = (id: number): Blame => {
    const known = blames.get(id);
    if (known !== undefined) return known;
    const stack = stackOf(id);
    const blamedIndex = toBlamedIndex(stack);
    const blamed = stack[blamedIndex];
    let node: number | undefined = id;
    while (node !== undefined && frames.get(node) !== blamed) node = parents.get(node);
    const blame = { blamedIndex, blamedLines: (blamedIndex < 0 ? undefined : lines.get(node ?? 0)) ?? [] };
    blames.set(id, blame);
    return blame;
  };

  let atUs = profile.startTime;
  let interrupted: number | undefined;
  return (profile.samples ?? []).map((id, index) => {
    const durationUs = Math.max(0, profile.timeDeltas?.[index] ?? 0);
    atUs += durationUs;
    const state = STATES[frames.get(id)?.functionName ?? ''] ?? 'running';
    if (state === 'running') interrupted = id;
    else if (state !== 'collecting') interrupted = undefined;
    const context = state === 'collecting' && interrupted !== undefined ? interrupted : id;
    const { blamedIndex, blamedLines } = blameOf(context);
    const stack = state === 'idle' ? [] : context === id ? stackOf(id) : [...stackOf(context), ...stackOf(id)];
    return { atUs, durationUs, stack, state, blamedIndex: state === 'idle' ? -1 : blamedIndex, blamedLines };
  });
}

interface Blame {
  readonly blamedIndex: number;
  readonly blamedLines: readonly number[];
}

/** Index of the innermost frame that the program's authors can change. */
export function toBlamedIndex(stack: readonly Frame[]): number {
  const own = stack.findLastIndex(({ owner }) => owner === 'application');
  return own === -1 ? stack.findLastIndex(({ owner, file }) => owner === 'dependency' && !isOwnFile(file)) : own;
}

function hottestLines(ticks: readonly { readonly line: number; readonly ticks: number }[]): readonly number[] {
  return ticks.toSorted((a, b) => b.ticks - a.ticks).map(({ line }) => line);
}
