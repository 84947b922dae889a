import type { LedgerEntry, Recommendation, RuleAccuracy, ShownRecommendation } from '@dataguardian/advisor';
import type { Mark } from './series.ts';

/** One entry of `GET /recommendations`: everything with a proof, in every state, most seconds saved first. */
export type RecommendationItem = ShownRecommendation & {
  /** Whether `POST /recommendations/:id/apply` can carry it out; people must do the rest by hand. */
  readonly canApply: boolean;
  readonly canRevert: boolean;
  /** Promised gain; above 1 is better. */
  readonly predictedGain: number;
  /** Seen gain; `null` before it was judged. */
  readonly verifiedGain: number | null;
  /** While `applied`: when the verdict is due at the latest; else `null`. */
  readonly verdictDueAt: number | null;
};

/** `GET /recommendations/ledger`: every step, newest first, and how often each rule was right. */
export interface LedgerView {
  readonly items: readonly LedgerEntry[];
  readonly accuracy: readonly RuleAccuracy[];
}

/** `GET /proof`: before and after of what was applied, newest first. */
export interface ProofView {
  readonly items: readonly ProofItem[];
  readonly accuracy: readonly RuleAccuracy[];
}

/** One change that was made, with the metric it was to improve around that moment. */
export interface ProofItem {
  readonly recommendation: Extract<Recommendation, { state: 'applied' | 'verified' | 'rolledBack' }>;
  readonly mark: Mark;
  readonly predictedGain: number;
  readonly verifiedGain: number | null;
  /** The proof's metric from before to after; empty when that metric is not kept in the history. */
  readonly series: {
    readonly metric: string;
    readonly from: number;
    readonly stepMs: number;
    readonly values: readonly (number | null)[];
  } | null;
}
