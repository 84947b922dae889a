import type { LocalText, Verification } from '../recommendation.ts';
import type { GainJudgement } from './judge-gain.ts';

/** What people are told of a judgement; `undefined` while it is undecided. @param method The test, in words. */
export function toVerification(judgement: GainJudgement, method: LocalText): Verification | undefined {
  const { verdict, gain, interval, before, after, sampleCount, errorRate } = judgement;
  if (verdict === 'undecided') return undefined;
  const percent = `${errorRate * 100}%`;
  const range = `${show(interval[0])}-${show(interval[1])}`;
  const isMeasured = Number.isFinite(interval[0]) && Number.isFinite(interval[1]) && interval[0] > 0;
  // Ended before its time: there are too few values for an interval, and no need for one.
  const isCutShort = verdict === 'worse' && !isMeasured;
  return {
    verdict,
    before,
    after,
    ...(isMeasured ? { gain, gainInterval: interval } : isCutShort ? { gain } : {}),
    errorRate,
    sampleCount,
    description: isCutShort
      ? {
          en: `Worse with the change each time, ${show(1 / gain)} times on average: ended early, ${method.en}.`,
          nl: `Met de wijziging telkens slechter, gemiddeld ${show(1 / gain)} keer: vroegtijdig beëindigd, ${method.nl}.`,
        }
      : isMeasured
        ? {
            en: `Gain ${show(gain)} (${range}), ${method.en}, ${sampleCount} values; ${percent} chance to see a change where there is none.`,
            nl: `Winst ${show(gain)} (${range}), ${method.nl}, ${sampleCount} waarden; ${percent} kans om een verandering te zien die er niet is.`,
          }
        : {
            en: 'Too little was measured with and without the change to see a gain.',
            nl: 'Er is met en zonder de wijziging te weinig gemeten om winst te zien.',
          },
  };
}

function show(gain: number): string {
  return gain >= 10 ? gain.toFixed(0) : gain.toFixed(2);
}
