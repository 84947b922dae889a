import type { Wording } from './wording/wording.ts';

/** What a recommendation would change; the key finds its prover and its actuator. */
export interface Change {
  /** For example `database.index` or `cache.memory`. */
  readonly kind: string;
  /** What it is about: a table, a namespace, the pool. */
  readonly subject: string;
  /** The change itself, plain JSON: it is stored, shown and applied from here. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a rule saw and would do about it. */
export interface Proposal {
  /** The rule that made it. */
  readonly rule: string;
  readonly change: Change;
  readonly title: LocalText;
  readonly explanation: LocalText;
  /** Figures behind it, by name; units in the names. */
  readonly evidence: Readonly<Record<string, number | string>>;
}

/** The same sentence in both languages. */
export interface LocalText {
  readonly en: string;
  readonly nl: string;
}

/** How a gain was established, and how sure that is. */
export interface Proof {
  /** `measured` on a copy or a trial, `simulated` by replay or model, `bound` when only a limit is known. */
  readonly method: 'measured' | 'simulated' | 'bound';
  /** One sentence: what was run, on what, how often. */
  readonly description: LocalText;
  /** The metric whose chart shows the change, for example `queries.p95`. */
  readonly metric: string;
  /** What `before` and `after` are, where they are not that metric itself. */
  readonly figure?: LocalText;
  readonly before: number;
  readonly after: number;
  /** @defaultValue the direction from `before` to `after` */
  readonly better?: 'lower' | 'higher';
  /** Spread of the gain (before/after) over the runs; equal to it when there was one. */
  readonly gainInterval: readonly [low: number, high: number];
  /** Estimated seconds of waiting saved per day at the observed load. */
  readonly savedSecondsPerDay: number;
  /**
   * The same for calls as slow as the 95th percentile: the order of the list. @defaultValue by the routes of the snapshot
   */
  readonly savedP95SecondsPerDay?: number;
}

/** How the gain looked after the change was applied. */
export interface Verification {
  readonly verdict: 'confirmed' | 'absent' | 'worse';
  readonly before: number;
  readonly after: number;
  /** Above 1 is better; compares with the proof's gain. Absent when too little was measured. */
  readonly gain?: number;
  readonly gainInterval?: readonly [low: number, high: number];
  /** Chance that the verdict sees a change where there is none. */
  readonly errorRate: number;
  readonly sampleCount: number;
  readonly description: LocalText;
}

interface Common {
  readonly id: string;
  readonly proposal: Proposal;
  readonly proposedAt: number;
}

/** What has been thought of and not yet shown to be true: never shown to people. */
export interface ProposedRecommendation extends Common {
  readonly state: 'proposed';
}

/** A recommendation with evidence and an established gain. */
export interface ProvenRecommendation extends Common {
  readonly state: 'proven';
  readonly proof: Proof;
  readonly provenAt: number;
}

/** In force; being verified. `undo` is what the actuator needs to take it back. */
export interface AppliedRecommendation extends Common {
  readonly state: 'applied';
  readonly proof: Proof;
  readonly provenAt: number;
  readonly appliedAt: number;
  readonly appliedBy: string;
  readonly undo: Readonly<Record<string, unknown>>;
}

/** In force, and its gain was seen. */
export interface VerifiedRecommendation extends Omit<AppliedRecommendation, 'state'> {
  readonly state: 'verified';
  readonly verifiedAt: number;
  readonly verification: Verification;
}

/** Taken back, by a person or because its gain stayed away. */
export interface RolledBackRecommendation extends Omit<AppliedRecommendation, 'state' | 'undo'> {
  readonly state: 'rolledBack';
  readonly rolledBackAt: number;
  readonly rolledBackBy: string;
  readonly verification: Verification | undefined;
}

/** Not wanted; not proposed again while the evidence stays the same. */
export interface DismissedRecommendation extends Common {
  readonly state: 'dismissed';
  readonly proof: Proof;
  readonly dismissedAt: number;
  readonly dismissedBy: string;
}

/** Every state of observe, recommend, prove, apply, verify. */
export type Recommendation =
  | ProposedRecommendation
  | ProvenRecommendation
  | AppliedRecommendation
  | VerifiedRecommendation
  | RolledBackRecommendation
  | DismissedRecommendation;

/** What people may see: everything that has a proof, with a model's words for it where there are some. */
export type ShownRecommendation = Exclude<Recommendation, ProposedRecommendation> & {
  readonly wording?: Wording;
  /** What a model sees it as a part of, with the model's name. */
  readonly group?: { readonly title: LocalText; readonly by: string };
};

/** The name of a state. */
export type RecommendationState = Recommendation['state'];
