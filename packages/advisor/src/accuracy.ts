import { savedShareOf } from './gain.ts';
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
  /**
   * Share of the judged that saved what was promised, within 30% of it; `undefined` before the first. Saved is the share of
   * the time, loads or waits: {@link savedShareOf}.
   */
  readonly withinThirtyPercent: number | undefined;
  /** The same by factor, which is harder on large gains: forty times promised and ten seen save nearly the same. */
  readonly withinThirtyPercentByFactor: number | undefined;
  /** Median of saved / promised: below 1 the rule promises too much. */
  readonly medianRealised: number | undefined;
}

const CLOSE = 0.3;

/** What the history says about each rule, the most judged first. */
export function toAccuracy(history: readonly LedgerEntry[]): readonly RuleAccuracy[] {
  const judged = history.filter(({ state, by }) => state === 'verified' || (state === 'rolledBack' && by === ADVISOR));
  const byRule = Map.groupBy(judged, ({ rule }) => rule);
  return [...byRule]
    .map(([rule, entries]): RuleAccuracy => {
      const ratiosOf = (unit: (gain: number) => number): readonly number[] =>
        entries
          .map(
            ({ predictedGain, verifiedGain }) => unit(verifiedGain ?? Number.NaN) / unit(predictedGain ?? Number.NaN),
          )
          .filter((ratio) => Number.isFinite(ratio))
          .toSorted((a, b) => a - b);
      const realised = ratiosOf(savedShareOf);
      return {
        rule,
        judgedCount: entries.length,
        confirmedCount: entries.filter(({ state }) => state === 'verified').length,
        rolledBackCount: entries.filter(({ state }) => state === 'rolledBack').length,
        withinThirtyPercent: closeShareOf(realised),
        withinThirtyPercentByFactor: closeShareOf(ratiosOf((gain) => gain)),
        medianRealised: realised.length === 0 ? undefined : median(realised),
      };
    })
    .toSorted((a, b) => b.judgedCount - a.judgedCount);
}

function closeShareOf(ratios: readonly number[]): number | undefined {
  const closeCount = ratios.filter((ratio) => Math.abs(ratio - 1) <= CLOSE).length;
  return ratios.length === 0 ? undefined : closeCount / ratios.length;
}

/** Who acts when the advisor takes something back by itself. */
export const ADVISOR = 'advisor';
