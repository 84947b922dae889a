import type { DocumentView } from './document-view.ts';

/**
 * How much a hit proves by itself. `A`: a check digit or fixed format decides. `B`: a check digit narrows it down and
 * context must confirm. `C`: only the form is known; a label, a column name or neighbouring words must speak for it.
 */
export type Tier = 'A' | 'B' | 'C';

/** What directly follows a token: nothing that continues it, or a separator and then a digit (`0`) or letter (`a`). */
export type NextShape = 'end' | ' 0' | ' a' | '.0' | '.a' | '-0' | '-a' | '/0' | '/a' | ':0' | ':a';

/** Fires at a maximal run of letters and digits of the given make-up and length. */
export interface TokenTrigger {
  readonly kind: 'token';
  readonly token: 'digits' | 'letters' | 'mixed';
  readonly min: number;
  /** @defaultValue the same as `min` */
  readonly max?: number;
  /** @defaultValue whatever follows */
  readonly next?: readonly NextShape[];
}

/** Fires at a word, or a camelCase part of one, that equals a keyword regardless of case. */
export interface KeywordTrigger {
  readonly kind: 'keyword';
  readonly words: Iterable<string>;
  /** Whether the word must start with a capital letter. @defaultValue false */
  readonly capitalised?: boolean;
}

/** Fires at a token that starts with these three or more characters, case included. */
export interface PrefixTrigger {
  readonly kind: 'prefix';
  readonly prefixes: readonly string[];
}

/** Fires at each of these ASCII punctuation marks. */
export interface MarkTrigger {
  readonly kind: 'mark';
  readonly marks: string;
}

/** What makes the engine look closer. Literal data only, so that another engine can compile the same triggers. */
export type Trigger = TokenTrigger | KeywordTrigger | PrefixTrigger | MarkTrigger;

/** Where a trigger fired: the token, keyword or mark `[start, end)` in the document. */
export interface Candidate {
  readonly document: DocumentView;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A value that passed a detector's own checks. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** When the detector serves several types. */
  readonly type?: string;
  /** Evidence beyond the detector's prior, in log-odds. */
  readonly bonus?: number;
  /** What spoke for or against it, in short words. */
  readonly reasons?: readonly string[];
  /** When this match proves more or less than the detector's tier says. */
  readonly tier?: Tier;
}

/** Words around a value that speak for or against a type. Lower case; spaces stand for any of space, `_`, `-`, `.`. */
export interface ContextWords {
  readonly positive: readonly string[];
  /** Beyond the words for other kinds of number, which count against every type. */
  readonly negative?: readonly string[];
}

/** One kind of data, as data: when to look, how to check, and what the neighbourhood says. */
export interface Detector {
  readonly type: string;
  /** Further types that `verify` may return. */
  readonly alsoTypes?: readonly string[];
  readonly tier: Tier;
  readonly triggers: readonly Trigger[];
  /** Log-odds of being right once `verify` agreed and nothing is known about the neighbourhood. */
  readonly prior: number;
  readonly context?: ContextWords;
  /** Whether a label that names another kind of thing (order, version, ...) counts against it. @defaultValue true for B and C */
  readonly heedsOtherLabels?: boolean;
  /**
   * Reported only when a person is identified near it; `unless-short`: or in a text of a sentence or two, such as a
   * cell or a question, which is about somebody by itself.
   */
  readonly needsPerson?: 'always' | 'unless-short';
  /** The chars before and after which count as neighbourhood. @defaultValue 90 before, 45 after */
  readonly reach?: { readonly before: number; readonly after: number };
  verify(candidate: Candidate): Match | undefined;
}
