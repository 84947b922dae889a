import type { FindingCategory, FindingLocation, Severity } from '@dataguardian/scanner';
import type { TriageStatus } from '../reports/report-model.ts';

/** A stored finding as the API shows it: masked. */
export interface StoredFinding {
  readonly id: string;
  readonly scanId: string;
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  readonly score: number;
  readonly reasons: readonly string[];
  readonly location: FindingLocation;
  readonly masked: string;
  readonly context: string;
  readonly status: TriageStatus;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly createdAt: string;
}

const RANKED: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** The number under which a severity is stored: 1 low to 4 critical. */
export function toSeverityRank(severity: Severity): number {
  return RANKED.indexOf(severity) + 1;
}

/** The severity behind a stored number. */
export function fromSeverityRank(rank: number): Severity {
  return RANKED[rank - 1] ?? 'low';
}
