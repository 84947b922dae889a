import type { SamplingState } from './sampling/continuous-profile.ts';

/** What the profiler itself costs, as far as it can measure it from within. */
export interface Overhead {
  /** Share of one core since sampling began: samples by their measured price, rotations and folding by the clock. */
  readonly cpuRatio: number;
  readonly sampleCount: number;
  readonly intervalMs: number;
  /** The loop's stops for rotation, in milliseconds. */
  readonly rotationPauseP50Ms: number;
  readonly rotationPauseMaxMs: number;
  /** The latest hundred of those stops, oldest first. */
  readonly rotationPausesMs: readonly number[];
  /** Memory of folded samples. */
  readonly profileBytes: number;
}

/** Processor time of one sample, stack 25 deep, Node 24: 31 us by bench/profiler.ts, rounded up. */
const SAMPLE_US = 40;
/** Slower than this, samples find nothing any more. */
const LONGEST_INTERVAL_MS = 160;
/** The first seconds hold the start-up, which does not come again. */
const JUDGED_AFTER_MS = 20_000;

/** Adds up the price of sampling. */
export function measureOverhead(state: SamplingState, elapsedMs: number, profileBytes: number): Overhead {
  const pauses = state.rotationPausesMs.toSorted((a, b) => a - b);
  const meanPauseMs = pauses.reduce((sum, pauseMs) => sum + pauseMs, 0) / Math.max(1, pauses.length);
  const spentMs = (state.sampleCount * SAMPLE_US) / 1_000 + meanPauseMs * state.rotationCount + state.foldMs;
  return {
    cpuRatio: elapsedMs > 0 ? spentMs / elapsedMs : 0,
    sampleCount: state.sampleCount,
    intervalMs: state.isOn ? state.intervalMs : 0,
    rotationPauseP50Ms: pauses[Math.floor(pauses.length / 2)] ?? 0,
    rotationPauseMaxMs: pauses.at(-1) ?? 0,
    rotationPausesMs: state.rotationPausesMs,
    profileBytes,
  };
}

/** The interval to go on with: twice as long while the price is above the limit; pure. */
export function governInterval({ cpuRatio, intervalMs }: Overhead, limitRatio: number, elapsedMs: number): number {
  const isTooDear = elapsedMs >= JUDGED_AFTER_MS && cpuRatio > limitRatio;
  return isTooDear && intervalMs > 0 ? Math.min(LONGEST_INTERVAL_MS, intervalMs * 2) : intervalMs;
}
