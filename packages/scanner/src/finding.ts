import type { FindingCategory, Severity } from './catalogue/type-description.ts';

/** Where a value was found. Only what the source knows is set. */
export interface FindingLocation {
  /** Relative path, `archive.zip!/entry`, `schema.table.column`, or URL. */
  readonly item: string;
  /** 1-based line in the decoded text. */
  readonly line?: number;
  /** 1-based UTF-16 code unit in the line. */
  readonly column?: number;
  /** Offset of the value in the decoded text, in UTF-16 code units. */
  readonly start?: number;
  /** One past the value's last code unit. */
  readonly end?: number;
  /** 1-based row of a table, header not counted. */
  readonly row?: number;
  /** Name of the column, field or header the value stands in. */
  readonly field?: string;
  /** 1-based page or slide. */
  readonly page?: number;
  /** Sheet of a workbook, or part of a message. */
  readonly part?: string;
  /** Commit that holds the item, for findings in a repository's history. */
  readonly commit?: string;
}

/** Personal data or a secret at one place. Holds no raw value. */
export interface Finding {
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  /** How sure this is, 0 to 1. */
  readonly score: number;
  /** What spoke for it, in short English words. */
  readonly reasons: readonly string[];
  readonly location: FindingLocation;
  /** The value with its middle hidden. */
  readonly masked: string;
  /** HMAC-SHA-256 of the normalised value under the caller's key, as hex: equal values have equal fingerprints. */
  readonly fingerprint: string;
  /** Up to 160 characters around the value, every detected value in it masked. */
  readonly context: string;
}
