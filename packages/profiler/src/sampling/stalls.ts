import { toBlamedPlace, type BlamedPlace, type CpuCause } from './cause.ts';
import { isInModule, type Frame } from './frame.ts';
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
  /** Whether it ended before the first request or job began: nobody's wait, if any ever comes. */
  readonly isStartUp: boolean;
  /** Whether a module was being loaded: its own lines, with what these called. */
  readonly isLoading: boolean;
}

/** Processor time that the program itself spent in a stall: all of it, unless the machine was busy elsewhere. */
export function ownTimeOf({ durationMs, cpuRatio }: Stall): number {
  return durationMs * cpuRatio;
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
    const { runs, waitedUntilUs } = busyRuns(samples, stillness);
    if (runs.length === 0) return withoutStack(stillness, waitedUntilUs, { timeline, toEpochMs });
    return runs.flatMap((run): readonly Stall[] => {
      const [first] = run;
      const last = run.at(-1);
      if (first === undefined || last === undefined) return [];
      const fromUs = Math.max(stillness.fromUs, first.atUs - first.durationUs);
      // A run after which the loop was not seen waiting went on until it turned, though the sampler may have slept.
      const toUs = (waitedUntilUs ?? 0) < last.atUs ? stillness.toUs : last.atUs;
      const durationMs = (toUs - fromUs) / 1_000;
      if (durationMs < SHORTEST_MS) return [];
      const typical = mostFrequent(run);
      const place = toBlamedPlace(typical, source);
      const owner = timeline.ownerAt(last.atUs, fromUs - 1) ?? timeline.ownerAt(last.atUs, 0);
      return [
        {
          at: toEpochMs(toUs),
          durationMs,
          cause: place?.cause ?? (typical.state === 'collecting' ? 'collecting' : 'code'),
          place,
          stack: toStackText(typical.stack),
          labels: owner?.labels ?? {},
          waitingCount: timeline.activeBetween(fromUs, toUs),
          cpuRatio: Math.min(1, (stillness.cpuMs * 1_000) / (stillness.toUs - stillness.fromUs)),
          isStartUp: toUs <= timeline.firstUs,
          isLoading: isInModule(typical.stack),
        },
      ];
    });
  });
}

/** The thread worked, but the sampler itself got no processor: the block is reported, its stack is unknown. */
function withoutStack(
  { fromUs, toUs, lateMs, cpuMs }: Stillness,
  waitedUntilUs: number | undefined,
  { timeline, toEpochMs }: Pick<StallEvidence, 'timeline' | 'toEpochMs'>,
): readonly Stall[] {
  const begunUs = waitedUntilUs ?? fromUs;
  const durationMs = (toUs - begunUs) / 1_000;
  // Unseen, the loop may have waited for most of the time between two beats.
  const sureMs = waitedUntilUs === undefined ? lateMs : durationMs;
  if (sureMs < SHORTEST_MS || cpuMs < durationMs / 2) return [];
  return [
    {
      at: toEpochMs(toUs),
      durationMs,
      cause: 'code',
      place: undefined,
      stack: [],
      labels: {},
      waitingCount: timeline.activeBetween(begunUs, toUs),
      cpuRatio: Math.min(1, cpuMs / durationMs),
      isStartUp: toUs <= timeline.firstUs,
      isLoading: false,
    },
  ];
}

interface BusyRuns {
  /** Unbroken runs of samples that did not find the loop waiting. */
  readonly runs: readonly (readonly StackSample[])[];
  /** When the loop was last seen waiting. */
  readonly waitedUntilUs: number | undefined;
}

/** What samples within the stretch say; one taken after the loop turned knows nothing of it. */
function busyRuns(samples: readonly StackSample[], { fromUs, toUs }: Stillness): BusyRuns {
  const runs: StackSample[][] = [];
  let current: StackSample[] | undefined;
  let waitedUntilUs: number | undefined;
  for (const sample of samples) {
    if (sample.atUs < fromUs || sample.atUs > toUs) continue;
    if (sample.state === 'idle') {
      current = undefined;
      waitedUntilUs = sample.atUs;
    } else if (current === undefined) {
      current = [sample];
      runs.push(current);
    } else {
      current.push(sample);
    }
  }
  return { runs, waitedUntilUs };
}

/** The place of most of the run, in the state that it was mostly in: collecting is not what the line's words say. */
function mostFrequent(run: readonly StackSample[]): StackSample {
  const place = mostOf(run, ({ stack, blamedIndex, state }) => {
    const frame = stack[blamedIndex];
    return frame === undefined ? state : `${frame.file}:${frame.line}:${frame.functionName}`;
  });
  const [first] = mostOf(place, ({ state }) => (state === 'collecting' ? state : 'other'));
  // The run has at least one sample: its caller checked.
  return first as StackSample;
}

/** The kind with most samples. Their time says less: a long one is of a sampler that got no processor. */
function mostOf(samples: readonly StackSample[], kindOf: (sample: StackSample) => string): readonly StackSample[] {
  const timeOf = (group: readonly StackSample[]): number => group.reduce((sum, { durationUs }) => sum + durationUs, 0);
  const [most = []] = [...Map.groupBy(samples, kindOf).values()].toSorted(
    (a, b) => b.length - a.length || timeOf(b) - timeOf(a),
  );
  return most;
}

function toStackText(stack: readonly Frame[]): readonly string[] {
  return stack
    .toReversed()
    .slice(0, STACK_DEPTH)
    .map(({ functionName, file, line }) => (file === '' ? functionName : `${functionName} (${file}:${line})`));
}
