import type { TimeRange } from './section.ts';

/** What is ranked: routes and users by their requests, statements by their shape. */
export const RANKING_KINDS = ['route', 'statement', 'user'] as const;

/** One of them. */
export type RankingKind = (typeof RANKING_KINDS)[number];

/**
 * `GET /rankings?kind=route|statement|user&from=&to=&count=`: what took most time in a range, in all processes, and each
 * over time. Kept by the minute for two days, by ten minutes for two weeks, by the hour for 90 days; each bucket lists
 * the 20 names that took most, the rest is added up.
 */
export interface RankingAnswer extends TimeRange {
  readonly kind: RankingKind;
  /** Length of a point of the lines. A point begins at `from + index * stepMs`. */
  readonly stepMs: number;
  /** `memory`: this process alone and its recent past. */
  readonly source: 'database' | 'memory';
  /** Processes that contributed. */
  readonly instances: readonly string[];
  /** Most time first; the names that no bucket lists are together in {@link others}. */
  readonly items: readonly RankedOverTime[];
  readonly others: { readonly count: number; readonly totalMs: number } | null;
}

/** One name over a range; percentiles are those of all its calls. */
export interface RankedOverTime {
  /** A route, the fingerprint of a statement, or the id of a user. */
  readonly name: string;
  /** The route, the statement's shape, or what people call the user. */
  readonly label: string;
  readonly count: number;
  readonly errorCount: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Share of the time of all names, 0..1. */
  readonly timeRatio: number;
  readonly lines: {
    /** Calls a second. */
    readonly rate: readonly number[];
    readonly p95Ms: readonly (number | null)[];
  };
}
