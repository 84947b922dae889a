import type { NamespacePolicy } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a value counts as fresh where nobody says otherwise, in milliseconds. */
export const STANDARD_TTL_MS: number = HOUR_MS;

/**
 * Ready policies by what the values are; spread one and add to it.
 *
 * @example
 * const scans = cache.namespace<Scan>('scans', { ...policies.scanResults, private: true });
 */
export const policies = {
  /** Results of scans that have ended: 2 hours. */
  scanResults: { ttlMs: 2 * HOUR_MS },
  /** Scores, which follow from results: 1 hour. */
  complianceScores: { ttlMs: HOUR_MS },
  /** Sessions: 30 minutes, as long as one may stay unused. */
  sessions: { ttlMs: 30 * MINUTE_MS },
  /** What dashboards show: 5 minutes. */
  dashboardData: { ttlMs: 5 * MINUTE_MS },
  /** Large lists that are costly to read: 4 hours. */
  largeDataSets: { ttlMs: 4 * HOUR_MS },
  /** Everything else: 1 hour. */
  standard: { ttlMs: STANDARD_TTL_MS },
} as const satisfies Readonly<Record<string, NamespacePolicy>>;
