import { toBlamedPlace, type BlamedPlace, type CpuCause } from './cause.ts';
import type { Frame } from './frame.ts';
import type { Stillness } from './heartbeat.ts';
import type { Labels } from './labels.ts';
import type { StackSample } from './samples.ts';
import type { SourceCode } from './source-code.ts';
import type { Timeline } from './timeline.ts';

/** A block of the event loop with the stack that made it. */
export interface Stall {
  /** End of the block, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly cause: CpuCause;
  /** Where the program's own code stood during most of it; absent when none of it did. */
  readonly place: BlamedPlace | undefined;
  /** `function (file:line)`, innermost first, at most 20. */
  readonly stack: readonly string[];
  readonly labels: Labels;
  /** Requests and jobs that were under way: they waited for it. */
  readonly waitingCount: number;
  /** Share of the block in which the thread used the processor. */
  readonly cpuRatio: number;
}

/** What stalls are looked for in. */
export interface StallEvidence {
  readonly samples: readonly StackSample[];
  readonly stillnesses: readonly Stillness[];
  readonly timeline: Timeline;
  readonly source: SourceCode;
  /** Epoch milliseconds at a moment of the monotonic clock. */
  readonly toEpochMs: (atUs: number) => number;
}

/** Shorter blocks are counted as delay, not reported. */
const SHORTEST_MS = 50;
const STACK_DEPTH = 20;

/** Finds for each stretch in which the loop stood still what it did; pure but for sources that are read. */
export function findStalls({ samples, stillnesses, timeline, source, toEpochMs }: StallEvidence): readonly Stall[] {
  return stillnesses.flatMap((stillness) => {
    const run = lastRun(samples, stillness);
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) return [];
    const fromUs = Math.max(stillness.fromUs, first.atUs - first.durationUs);
    const durationMs = (stillness.toUs - fromUs) / 1_000;
    if (durationMs < SHORTEST_MS) return [];
    const typical = mostFrequent(run);
    const place = toBlamedPlace(typical, source);
    const owner = timeline.ownerAt(last.atUs, fromUs - 1) ?? timeline.ownerAt(last.atUs, 0);
    return [
      {
        at: toEpochMs(stillness.toUs),
        durationMs,
        cause: place?.cause ?? (typical.state === 'collecting' ? 'collecting' : 'code'),
        place,
        stack: toStackText(typical.stack),
        labels: owner?.labels ?? {},
        waitingCount: timeline.activeBetween(fromUs, stillness.toUs),
        cpuRatio: Math.min(1, stillness.cpuMs / durationMs),
      },
    ];
  });
}

/** The longest unbroken run of samples within the stretch that did not find the loop waiting. */
function lastRun(samples: readonly StackSample[], { fromUs, toUs }: Stillness): readonly StackSample[] {
  let longest: StackSample[] = [];
  let current: StackSample[] = [];
  for (const sample of samples) {
    if (sample.atUs < fromUs || sample.atUs - sample.durationUs > toUs) continue;
    if (sample.state === 'idle') current = [];
    else current.push(sample);
    if (current.length > longest.length) longest = current;
  }
  return longest;
}

function mostFrequent(run: readonly StackSample[]): StackSample {
  const groups = new Map<string, { durationUs: number; readonly sample: StackSample }>();
  for (const sample of run) {
    const frame = sample.stack[sample.blamedIndex];
    const key = frame === undefined ? sample.state : `${frame.file}:${frame.line}:${frame.functionName}`;
    const group = groups.get(key) ?? { durationUs: 0, sample };
    group.durationUs += sample.durationUs;
    groups.set(key, group);
  }
  let best: { durationUs: number; readonly sample: StackSample } | undefined;
  for (const group of groups.values()) if (best === undefined || group.durationUs > best.durationUs) best = group;
  // The run has at least one sample: its caller checked.
  return (best as { readonly sample: StackSample }).sample;
}

function toStackText(stack: readonly Frame[]): readonly string[] {
  return stack
    .toReversed()
    .slice(0, STACK_DEPTH)
    .map(({ functionName, file, line }) => (file === '' ? functionName : `${functionName} (${file}:${line})`));
}
