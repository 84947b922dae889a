import type { FindingCategory, Severity } from '@dataguardian/scanner';
import type { RiskScore } from '../reports/risk-score.ts';

/** What a scan searches. */
export type SourceKind = 'upload' | 'path' | 'repository' | 'database' | 'website';

/** Where a scan is in its life. The last three are final. */
export type ScanStatus = 'queued' | 'planning' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** Numbers of findings; names without findings are absent. */
export interface FindingCounts {
  readonly severity: Partial<Readonly<Record<Severity, number>>>;
  readonly category: Partial<Readonly<Record<FindingCategory, number>>>;
  readonly type: Readonly<Record<string, number>>;
}

/** Why a scan failed, or completed with parts missing. */
export interface ScanFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A scan as the API shows it. Holds no credentials. */
export interface Scan {
  readonly id: string;
  readonly name: string;
  readonly status: ScanStatus;
  readonly source: { readonly kind: SourceKind; readonly label: string };
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly createdBy: { readonly id: string; readonly email: string } | null;
  readonly progress: {
    readonly doneBytes: number;
    readonly totalBytes: number;
    readonly doneItems: number;
    readonly totalItems: number;
    readonly skippedItems: number;
    /** Parts that failed in every attempt; their items are listed as skipped. */
    readonly failedParts: number;
  };
  readonly counts: Readonly<Record<Severity, number>>;
  readonly categoryCounts: FindingCounts['category'];
  readonly typeCounts: FindingCounts['type'];
  readonly findingCount: number;
  readonly riskScore: number | null;
  readonly risk: RiskScore | null;
  readonly error: string | null;
  readonly failure: ScanFailure | null;
  /** Grows with every change; the id of the events in the scan's stream. */
  readonly revision: number;
}

/** Whether nothing more will happen to the scan by itself. */
export function isFinal(status: ScanStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
