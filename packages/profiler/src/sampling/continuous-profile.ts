import type { Clock, Timer } from '@dataguardian/telemetry';
import type { CpuProfile } from '../cpu-profile.ts';
import { createCallTree, toFrameKey, type CallTree } from './call-tree.ts';
import { toBlamedPlace, type CpuCause } from './cause.ts';
import { isInModule } from './frame.ts';
import type { Heartbeat } from './heartbeat.ts';
import { toLabelKey, type Labels } from './labels.ts';
import type { FoldedSamples, ProfileStore } from './profile-store.ts';
import { createSampler } from './sampler.ts';
import { toSamples, type StackSample } from './samples.ts';
import type { SourceCode } from './source-code.ts';
import { findStalls, type Stall } from './stalls.ts';
import type { TimeScale } from './time-scale.ts';
import type { Timeline } from './timeline.ts';

/** Processor time at one line of the program. */
export interface HotLine {
  readonly file: string;
  readonly line: number;
  readonly functionName: string;
  readonly cause: CpuCause;
  readonly route: string;
  readonly durationMs: number;
  readonly sampleCount: number;
  /** Whether it ran before the first request or job began. */
  readonly isStartUp: boolean;
  /** Whether a module was being loaded: its own lines, with what these called. */
  readonly isLoading: boolean;
}

/** What the continuous recording costs and how it does. */
export interface SamplingState {
  readonly isOn: boolean;
  readonly intervalMs: number;
  readonly rotationCount: number;
  /** Time for which the loop stood still at the latest rotations, in milliseconds; the newest last. */
  readonly rotationPausesMs: readonly number[];
  /** Time spent folding recordings, in all. */
  readonly foldMs: number;
  readonly sampleCount: number;
  /** The latest failure; sampling goes on with the next rotation. */
  readonly failure: string | undefined;
}

/** Samples the main thread all the time and keeps what it sees folded. */
export interface ContinuousProfile {
  /** Begins, or changes the rate, which begins a fresh recording (20 to 130 ms, once). */
  start(intervalMs: number): void;
  stop(): void;
  /** Folds what was recorded so far. */
  flush(): void;
  /** Folds soon, because something worth seeing happened; at most twice a second. */
  flushSoon(): void;
  state(): SamplingState;
  /** Samples seldom until {@link wake}, where the system allows it. */
  rest(): void;
  wake(): void;
}

/** Parts that the continuous profile works with. */
export interface ContinuousProfileOptions {
  readonly clock: Clock;
  readonly scale: TimeScale;
  readonly store: ProfileStore;
  readonly timeline: Timeline;
  readonly heartbeat: Heartbeat;
  readonly source: SourceCode;
  /** Added to every sample, for instance the release. */
  readonly labels: () => Labels;
  readonly onStalls: (stalls: readonly Stall[]) => void;
  readonly onHotLines: (lines: readonly HotLine[]) => void;
  /** Length of one recording; short ones are quick to fold and bring a stall to the page within five seconds. */
  readonly rotationMs: number;
  /** Hears of each recording, a tree for each set of labels; absent when nobody else wants it. */
  readonly onTree?: ((tree: CallTree, labels: Labels) => void) | undefined;
}

const SOON_MS = 500;
const PAUSES_KEPT = 100;

/** Creates a continuous profile that is off. */
export function createContinuousProfile(options: ContinuousProfileOptions): ContinuousProfile {
  const { clock, scale, store, timeline, heartbeat, source, onStalls, onHotLines } = options;
  const sampler = createSampler();
  const pauses: number[] = [];
  let rotating: Timer | undefined;
  let soon: Timer | undefined;
  let intervalMs = 0;
  let rotationCount = 0;
  let foldMs = 0;
  let sampleCount = 0;
  let failure: string | undefined;

  const fold = (profile: CpuProfile): void => {
    const nowUs = scale.nowUs();
    const nowMs = clock.now();
    const toEpochMs = (atUs: number): number => nowMs - (nowUs - atUs) / 1_000;
    const samples = toSamples(profile);
    const hot = new Map<
      string,
      {
        sample: StackSample;
        route: string;
        isStartUp: boolean;
        isLoading: boolean;
        durationUs: number;
        sampleCount: number;
      }
    >();
    const common = options.labels();
    const trees = new Map<string, FoldedSamples>();
    const treeOf = (labels: Labels): CallTree => {
      const key = toLabelKey(labels);
      const known = trees.get(key) ?? { labels, tree: createCallTree() };
      trees.set(key, known);
      return known.tree;
    };
    let idleUs = profile.startTime;
    for (const sample of samples) {
      if (sample.state === 'idle') {
        idleUs = sample.atUs;
        store.addIdle(toEpochMs(sample.atUs), sample.durationUs);
        continue;
      }
      const owner = timeline.ownerAt(sample.atUs, idleUs);
      const labels = owner === undefined ? common : { ...common, ...owner.labels };
      if (options.onTree !== undefined) treeOf(labels).add(sample.stack, 1, sample.durationUs);
      const blamed = sample.stack[sample.blamedIndex];
      const lineKey = blamed === undefined ? '' : toFrameKey(blamed);
      store.add(toEpochMs(sample.atUs), labels, {
        stack: sample.stack,
        durationUs: sample.durationUs,
        lineKey,
        line: sample.blamedLines[0] ?? 0,
      });
      if (blamed === undefined) continue;
      const route = labels.route ?? '';
      const isStartUp = sample.atUs <= timeline.firstUs;
      const isLoading = isInModule(sample.stack);
      const key = `${lineKey}\n${sample.stack[sample.blamedIndex + 1]?.functionName ?? ''}\n${route}\n${isStartUp}\n${isLoading}`;
      const entry = hot.get(key) ?? { sample, route, isStartUp, isLoading, durationUs: 0, sampleCount: 0 };
      entry.durationUs += sample.durationUs;
      entry.sampleCount += 1;
      hot.set(key, entry);
    }
    sampleCount += samples.length;
    for (const { labels, tree } of trees.values()) options.onTree?.(tree, labels);
    onHotLines(
      [...hot.values()].flatMap(({ sample, route, isStartUp, isLoading, durationUs, sampleCount: count }) => {
        // One sample in a recording proves nothing, and reading sources for it would cost more than it tells.
        const place = count < 2 ? undefined : toBlamedPlace(sample, source);
        return place === undefined
          ? []
          : [{ ...place, route, isStartUp, isLoading, durationMs: durationUs / 1_000, sampleCount: count }];
      }),
    );
    const stalls = findStalls({ samples, stillnesses: heartbeat.take(), timeline, source, toEpochMs });
    if (stalls.length > 0) onStalls(stalls);
  };

  const flush = (): void => {
    soon?.cancel();
    soon = undefined;
    if (!sampler.isRecording) return;
    try {
      // Without it the block that this rotation waited for would lose its samples to a recording of the past.
      heartbeat.beat();
      const begunAt = clock.monotonic();
      const profile = sampler.rotate();
      const rotatedAt = clock.monotonic();
      pauses.push(rotatedAt - begunAt);
      if (pauses.length > PAUSES_KEPT) pauses.shift();
      rotationCount += 1;
      if (profile !== undefined) fold(profile);
      foldMs += clock.monotonic() - rotatedAt;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  };

  return {
    start(newIntervalMs) {
      if (sampler.isRecording && newIntervalMs === intervalMs) return;
      this.stop();
      intervalMs = newIntervalMs;
      try {
        sampler.start(newIntervalMs * 1_000);
        rotating = clock.repeat(options.rotationMs, flush);
        failure = undefined;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
    },
    stop() {
      rotating?.cancel();
      rotating = undefined;
      soon?.cancel();
      soon = undefined;
      try {
        const rest = sampler.stop();
        if (rest !== undefined) fold(rest);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
    },
    flush,
    rest: () => sampler.rest(),
    wake: () => sampler.wake(),
    flushSoon() {
      if (sampler.isRecording) soon ??= clock.schedule(SOON_MS, flush);
    },
    state: () => ({
      isOn: sampler.isRecording,
      intervalMs,
      rotationCount,
      rotationPausesMs: [...pauses],
      foldMs,
      sampleCount,
      failure,
    }),
  };
}
