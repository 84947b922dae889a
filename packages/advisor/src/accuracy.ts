import { median } from './judgement/shift.ts';
import type { LedgerEntry } from './ledger.ts';

/** How often a rule was right. */
export interface RuleAccuracy {
  readonly rule: string;
  /** Times that it was applied and judged. */
  readonly judgedCount: number;
  readonly confirmedCount: number;
  /** Taken back by the advisor because the gain stayed away or harm was done. */
  readonly rolledBackCount: number;
  /** Share of the judged whose verified gain lies within 30% of the promised one; `undefined` before the first. */
  readonly withinThirtyPercent: number | undefined;
  /** Median of verified / promised gain: below 1 the rule promises too much. */
  readonly medianRealised: number | undefined;
}

const CLOSE = 0.3;

/** What the history says about each rule, the most judged first. */
export function toAccuracy(history: readonly LedgerEntry[]): readonly RuleAccuracy[] {
  const judged = history.filter(({ state, by }) => state === 'verified' || (state === 'rolledBack' && by === ADVISOR));
  const byRule = Map.groupBy(judged, ({ rule }) => rule);
  return [...byRule]
    .map(([rule, entries]): RuleAccuracy => {
      const realised = entries
        .map(({ predictedGain, verifiedGain }) => (verifiedGain ?? Number.NaN) / (predictedGain ?? Number.NaN))
        .filter((ratio) => Number.isFinite(ratio))
        .toSorted((a, b) => a - b);
      const closeCount = realised.filter((ratio) => Math.abs(ratio - 1) <= CLOSE).length;
      return {
        rule,
        judgedCount: entries.length,
        confirmedCount: entries.filter(({ state }) => state === 'verified').length,
        rolledBackCount: entries.filter(({ state }) => state === 'rolledBack').length,
        withinThirtyPercent: realised.length === 0 ? undefined : closeCount / realised.length,
        medianRealised: realised.length === 0 ? undefined : median(realised),
      };
    })
    .toSorted((a, b) => b.judgedCount - a.judgedCount);
}

/** Who acts when the advisor takes something back by itself. */
export const ADVISOR = 'advisor';
