import type { GainJudgement } from './judge-gain.ts';
import { FINAL_SHARE, NOTICEABLE_GAIN } from './judge-gain.ts';
import { median } from './shift.ts';
import { estimatePairedShift } from './signed-rank.ts';

/** One stretch with the change and the neighbouring one without it. `NaN` where nothing was measured. */
export interface GainPair {
  readonly on: number;
  readonly off: number;
}

/** How pairs are judged. */
export interface PairQuestion {
  readonly better: 'lower' | 'higher';
  /** As for `judgeGain`. */
  readonly predictedGain: number;
  /** Values below it count as it: a difference between two waits that nobody notices is none. @defaultValue 1e-9 */
  readonly least?: number;
  /** Whether all planned pairs are there. */
  readonly isComplete: boolean;
}

const ERROR_RATE = 0.05;
/** Fewer cannot tell anything at that error rate: six equal signs come by chance once in 32. */
const FEWEST_PAIRS = 6;
/** So many pairs in a row, each worse by that factor, end a trial before its time. */
const HARM_PAIRS = 4;
const HARM_FACTOR = 1.5;

/**
 * Whether a change that is put on and off in turns brings its gain. Neighbours share the load of their minute, so that
 * what the load does takes part in both; the order within each pair is drawn by lot, so that a rhythm of the load is
 * not taken for an effect. Signed-rank test over all pairs, one look.
 */
export function judgePairs(pairs: readonly GainPair[], question: PairQuestion): GainJudgement {
  const { better, predictedGain, isComplete, least = 1e-9 } = question;
  const measured = pairs.filter(({ on, off }) => Number.isFinite(on) && Number.isFinite(off));
  const gains = measured.map(({ on, off }) => {
    const ratio = Math.log(Math.max(least, off)) - Math.log(Math.max(least, on));
    return better === 'lower' ? ratio : -ratio;
  });
  const shift = estimatePairedShift(gains, ERROR_RATE);
  const [gain, low, high] = [Math.exp(shift.estimate), Math.exp(shift.low), Math.exp(shift.high)];
  const share = Math.log(gain) / Math.log(Math.max(predictedGain, NOTICEABLE_GAIN));
  const isHarmful = gains.length >= HARM_PAIRS && gains.every((one) => one <= -Math.log(HARM_FACTOR));
  const isEnough = gains.length >= FEWEST_PAIRS;
  const verdict = ((): GainJudgement['verdict'] => {
    if (isHarmful || (isComplete && isEnough && high < 1)) return 'worse';
    if (!isComplete) return 'undecided';
    return isEnough && low > 1 && gain >= NOTICEABLE_GAIN && share >= FINAL_SHARE ? 'confirmed' : 'absent';
  })();
  const middle = (values: readonly number[]): number => median(values.toSorted((a, b) => a - b));
  return {
    verdict,
    gain,
    interval: [low, high],
    before: middle(measured.map(({ off }) => off)),
    after: middle(measured.map(({ on }) => on)),
    sampleCount: measured.length * 2,
    errorRate: ERROR_RATE,
  };
}
