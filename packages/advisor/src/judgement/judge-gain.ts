import { estimateShift, median } from './shift.ts';

/** What is compared: one value per window, in order of time. `NaN` marks a window in which nothing was measured. */
export interface GainSamples {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /**
   * The same windows of something that the change cannot have touched: what moved both was not the change.
   * @defaultValue nothing
   */
  readonly control?: { readonly before: readonly number[]; readonly after: readonly number[] };
}

/** How the comparison is judged. */
export interface GainQuestion {
  /** Which direction is good for the metric. */
  readonly better: 'lower' | 'higher';
  /** The gain that was promised: before / after where lower is better, after / before where higher is. */
  readonly predictedGain: number;
  /** Which of the planned looks this is, from 1. */
  readonly look: number;
  readonly lookCount: number;
  /** Chance, over all looks together, to see a change where there is none. @defaultValue 0.05 */
  readonly errorRate?: number;
  /** Values that are averaged into one, because neighbours resemble each other. @defaultValue 5 */
  readonly batch?: number;
}

/** What the windows say. */
export interface GainJudgement {
  /** `undecided` until the last look. */
  readonly verdict: 'confirmed' | 'absent' | 'worse' | 'undecided';
  /** As {@link GainQuestion.predictedGain}: above 1 is better. `NaN` without values. */
  readonly gain: number;
  readonly interval: readonly [low: number, high: number];
  /** Medians of the windows, as they were. */
  readonly before: number;
  readonly after: number;
  /** Batches compared on both sides. */
  readonly sampleCount: number;
  readonly errorRate: number;
}

/** Neighbouring seconds resemble each other too much to count twice. */
const BATCH = 5;
const FEWEST_BATCHES = 4;
/** Below this nobody notices, however sure it is. */
export const NOTICEABLE_GAIN = 1.05;
/** Share of the promised gain, on a logarithmic scale, at which a look may confirm early. */
const EARLY_SHARE = 0.5;
/** The same at the last look: less than this of the promise is as good as none. */
export const FINAL_SHARE = 0.2;
const SMALLEST = 1e-9;

/**
 * Whether a change brought its gain, from the windows before and after it.
 *
 * Values are averaged in batches, put on a logarithmic scale, relieved of what a control shows too, and compared by rank
 * (see {@link estimateShift}). The error rate is shared out over the planned looks (Bonferroni), so that looking early
 * and often does not make chance look like an effect.
 */
export function judgeGain(samples: GainSamples, question: GainQuestion): GainJudgement {
  const { better, predictedGain, look, lookCount, errorRate = 0.05, batch = BATCH } = question;
  const from = toBatches(batch, samples.before, samples.control?.before);
  const to = toBatches(batch, samples.after, samples.control?.after);
  const shift = estimateShift(from, to, errorRate / lookCount);
  const isEnough = from.length >= FEWEST_BATCHES && to.length >= FEWEST_BATCHES;
  const [gain, low, high] =
    better === 'lower'
      ? [Math.exp(-shift.estimate), Math.exp(-shift.high), Math.exp(-shift.low)]
      : [Math.exp(shift.estimate), Math.exp(shift.low), Math.exp(shift.high)];
  const share = Math.log(gain) / Math.log(Math.max(predictedGain, NOTICEABLE_GAIN));
  const isSeen = isEnough && low > 1 && gain >= NOTICEABLE_GAIN;
  const isLast = look >= lookCount;
  const verdict = ((): GainJudgement['verdict'] => {
    if (isEnough && high < 1) return 'worse';
    if (isSeen && share >= (isLast ? FINAL_SHARE : EARLY_SHARE)) return 'confirmed';
    return isLast ? 'absent' : 'undecided';
  })();
  return {
    verdict,
    gain,
    interval: [low, high],
    before: medianOf(samples.before),
    after: medianOf(samples.after),
    sampleCount: from.length + to.length,
    errorRate,
  };
}

function toBatches(size: number, values: readonly number[], control: readonly number[] | undefined): number[] {
  const measured = values
    .map((value, index) => {
      const other = control?.[index];
      return Math.log(Math.max(value, SMALLEST)) - (other === undefined ? 0 : Math.log(Math.max(other, SMALLEST)));
    })
    .filter((value) => !Number.isNaN(value));
  const batches: number[] = [];
  for (let start = 0; start + size <= measured.length; start += size)
    batches.push(measured.slice(start, start + size).reduce((sum, value) => sum + value, 0) / size);
  return batches;
}

function medianOf(values: readonly number[]): number {
  return median(values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b));
}
