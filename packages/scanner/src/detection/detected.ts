import type { FindingCategory, Severity } from '../catalogue/type-description.ts';

/** A piece of personal data or a secret found in a text. */
export interface Detected {
  readonly type: string;
  /** First UTF-16 code unit of the value, without label, quotes or surrounding space. */
  readonly start: number;
  /** One past the last code unit. */
  readonly end: number;
  /** How sure this is, 0 to 1. */
  readonly score: number;
  readonly category: FindingCategory;
  readonly severity: Severity;
  /** What spoke for it, in short English words. */
  readonly reasons: readonly string[];
}
