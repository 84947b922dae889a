import { createHistogram, type HistogramState } from '@dataguardian/telemetry';
import type { ServedState } from '../statements/statement-record.ts';
import type { ResolvedLimits } from './limits.ts';
import type { IndexRecommendation } from './recommendation.ts';

/** Whether an applied recommendation keeps its promise. */
export interface IndexVerification {
  /** `early` while too few executions were seen. */
  readonly verdict: 'early' | 'confirmed' | 'absent' | 'worse';
  /** Weighted mean time of the affected statements, in milliseconds. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly gain: number;
  readonly promisedGain: number;
  /** Executions since it was applied. */
  readonly sampleCount: number;
  readonly reason: string;
  /** Whether the advisor took the change back because of the verdict. */
  readonly reverted: boolean;
}

/** What is compared. */
export interface VerificationInput {
  readonly recommendation: IndexRecommendation;
  readonly before: ReadonlyMap<string, ServedState>;
  readonly atStart: ReadonlyMap<string, ServedState>;
  readonly now: ReadonlyMap<string, ServedState>;
  /** Fingerprints of statements that read or write the table. */
  readonly touching: ReadonlySet<string>;
  /** Those that write it. */
  readonly writing: ReadonlySet<string>;
  readonly limits: ResolvedLimits;
}

/** Less than this of the time that was to be saved is no gain. */
const LEAST_SHARE = 0.2;
const MOST_REGRESSION = 1.1;
const MOST_WRITE_REGRESSION = 1.15;
/** Below this a difference of times is the machine's. */
const LEAST_DIFFERENCE_MS = 0.05;
const FEWEST_CONTROLS = 3;

/** What was counted since `earlier`; all of it where that would be fewer than `leastCount` executions. */
export function toRecent(
  now: ReadonlyMap<string, ServedState>,
  earlier: ReadonlyMap<string, ServedState> | undefined,
  leastCount: number,
): ReadonlyMap<string, ServedState> {
  return new Map(
    [...now].map(([fingerprint, state]) => {
      const former = earlier?.get(fingerprint);
      const isContinued = former !== undefined && state.times.count - former.times.count >= leastCount;
      if (!isContinued) return [fingerprint, state];
      return [fingerprint, { rowCount: state.rowCount - former.rowCount, times: subtract(state.times, former.times) }];
    }),
  );
}

interface Side {
  readonly meanMs: number;
  readonly medianMs: number;
  readonly count: number;
}

/**
 * Compares the times of statements before and since a change, each with the same weight on both sides. What became
 * slower or faster everywhere, the statements that do not touch the table show: it is taken out.
 */
export function judgeIndex(input: VerificationInput): Omit<IndexVerification, 'reverted'> {
  const { recommendation, limits } = input;
  const { affected, gain: promisedGain } = recommendation.proof;
  const compared = compareAll(input);
  const drift = toDrift(compared, input.touching);
  const own = affected.flatMap(({ fingerprint }) => compared.get(fingerprint) ?? []);
  const sampleCount = own.reduce((sum, { after }) => sum + after.count, 0);
  const isEnough =
    recommendation.kind === 'drop'
      ? [...compared.values()].some(({ after }) => after.count >= limits.verificationCount)
      : own.length > 0 && own.every(({ after, before }) => after.count >= limits.verificationCount && before.count > 0);
  const weigh = (side: 'before' | 'after'): number =>
    own.reduce((sum, pair) => sum + pair.after.count * pair[side].meanMs, 0) / Math.max(1, sampleCount);
  const beforeMs = weigh('before') * drift;
  const afterMs = weigh('after');
  const gain = afterMs === 0 ? 1 : beforeMs / afterMs;
  const figures = { beforeMs, afterMs, gain, promisedGain, sampleCount };
  if (!isEnough) return { ...figures, verdict: 'early', reason: `${sampleCount} executions so far` };
  const regressed = findRegression(compared, input, drift);
  if (regressed !== undefined) return { ...figures, verdict: 'worse', reason: regressed };
  // By time saved, not by factor: seven times as fast instead of forty saves nearly all that was promised.
  if (recommendation.kind === 'create' && savedRatio(gain) < savedRatio(promisedGain) * LEAST_SHARE)
    return {
      ...figures,
      verdict: 'absent',
      reason: `${gain.toFixed(2)}x instead of the promised ${promisedGain.toFixed(2)}x`,
    };
  const sentence =
    recommendation.kind === 'drop' ? 'nothing became slower' : `${gain.toFixed(2)}x over ${sampleCount} executions`;
  return { ...figures, verdict: 'confirmed', reason: sentence };
}

/** Share of the time that a gain saves: three quarters for a factor of four. */
function savedRatio(gain: number): number {
  return 1 - 1 / gain;
}

interface Pair {
  readonly before: Side;
  readonly after: Side;
}

function compareAll({ before, atStart, now }: VerificationInput): ReadonlyMap<string, Pair> {
  const compared = new Map<string, Pair>();
  for (const [fingerprint, state] of now) {
    const start = atStart.get(fingerprint);
    // Counted anew since (the process restarted, or the statement had been forgotten): all of it is after.
    const isContinued = start !== undefined && start.times.count <= state.times.count;
    const after = toSide(isContinued ? subtract(state.times, start.times) : state.times);
    const former = before.get(fingerprint);
    if (former !== undefined && after.count > 0) compared.set(fingerprint, { before: toSide(former.times), after });
  }
  return compared;
}

function toDrift(compared: ReadonlyMap<string, Pair>, touching: ReadonlySet<string>): number {
  const ratios = [...compared]
    .filter(([fingerprint, { before, after }]) => !touching.has(fingerprint) && before.count > 1 && after.count > 1)
    .map(([, { before, after }]) => after.medianMs / before.medianMs)
    .toSorted((one, other) => one - other);
  return ratios.length < FEWEST_CONTROLS ? 1 : (ratios[Math.floor(ratios.length / 2)] ?? 1);
}

function findRegression(
  compared: ReadonlyMap<string, Pair>,
  { touching, writing, limits, recommendation }: VerificationInput,
  drift: number,
): string | undefined {
  const writes = [...writing].flatMap((fingerprint) => compared.get(fingerprint) ?? []);
  const writeMs = (side: 'before' | 'after'): number =>
    writes.reduce((sum, pair) => sum + pair.after.count * pair[side].medianMs, 0);
  const writeCount = writes.reduce((sum, { after }) => sum + after.count, 0);
  const writeRatio = writeMs('after') / (writeMs('before') * drift);
  if (
    writeCount >= limits.verificationCount &&
    isSlower(writeRatio, MOST_WRITE_REGRESSION, writeMs('after') / writeCount)
  )
    return `writes take ${writeRatio.toFixed(2)} times as long`;
  for (const fingerprint of touching) {
    const pair = compared.get(fingerprint);
    if (pair === undefined || writing.has(fingerprint)) continue;
    const { before, after } = pair;
    if (after.count < limits.verificationCount || before.count < limits.verificationCount / 2) continue;
    // Both must have moved: a mean alone is moved by one slow answer, a median by a change of what is asked.
    const ratio = Math.min(after.meanMs / before.meanMs, after.medianMs / before.medianMs) / drift;
    if (isSlower(ratio, MOST_REGRESSION, after.medianMs))
      return `a statement on ${recommendation.table} takes ${ratio.toFixed(2)} times as long`;
  }
  return undefined;
}

function isSlower(ratio: number, limit: number, afterMs: number): boolean {
  return ratio > limit && afterMs - afterMs / ratio > LEAST_DIFFERENCE_MS;
}

function subtract(state: HistogramState, start: HistogramState): HistogramState {
  const former = new Map(start.buckets);
  return {
    ...state,
    count: state.count - start.count,
    sum: state.sum - start.sum,
    zeros: state.zeros - start.zeros,
    buckets: state.buckets.map(([index, count]) => [index, count - (former.get(index) ?? 0)] as const),
  };
}

/** The mean leaves out the slowest twentieth: those are pauses of the machine. */
function toSide(state: HistogramState): Side {
  const histogram = createHistogram();
  histogram.merge(state);
  const ratios = Array.from({ length: MEAN_POINTS }, (_, place) => ((place + 0.5) / MEAN_POINTS) * MEAN_SHARE);
  const meanMs = ratios.reduce((sum, ratio) => sum + histogram.quantile(ratio), 0) / MEAN_POINTS;
  return { count: state.count, meanMs, medianMs: histogram.quantile(0.5) };
}

const MEAN_POINTS = 20;
const MEAN_SHARE = 0.95;
