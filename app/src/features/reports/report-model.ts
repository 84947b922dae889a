import type { Finding, FindingCategory, Severity } from '@dataguardian/scanner';
import type { BreachSeverity } from './breach-severity.ts';
import type { RiskInput, RiskScore } from './risk-score.ts';

/** The languages of reports. */
export type ReportLanguage = 'en' | 'nl';

/** What people decided about a finding. */
export type TriageStatus = 'open' | 'confirmed' | 'false_positive' | 'accepted_risk' | 'fixed';

/** A finding as reports show it: masked, with the decision about it. */
export interface ReportFinding extends Finding {
  /** @defaultValue 'open' */
  readonly status?: TriageStatus;
  /** Why it was decided so. */
  readonly statusReason?: string;
}

/** What was not scanned, or only in part. */
export interface ReportSkipped {
  readonly item: string;
  readonly code: string;
  readonly reason: string;
}

/** The scan that is reported on. */
export interface ReportScan {
  readonly id?: string;
  readonly name: string;
  readonly sourceKind: string;
  /** The source in words, without credentials. */
  readonly sourceLabel: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly totalItems: number;
  readonly totalBytes: number;
  readonly doneItems: number;
  readonly doneBytes: number;
  /** Parts that failed in every attempt. */
  readonly failedParts?: number;
}

/** Findings of one type. */
export interface TypeSection {
  readonly type: string;
  readonly name: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  readonly count: number;
  readonly distinct: number;
  readonly items: number;
  readonly articles: readonly string[];
  readonly remedy: string;
}

/** A file, table or page with findings. */
export interface LocationSection {
  readonly item: string;
  readonly count: number;
  readonly severity: Severity;
  /** Names of the types, most frequent first. */
  readonly types: readonly string[];
}

/** A rule of law that the found types fall under. */
export interface ArticleSection {
  readonly article: string;
  readonly meaning: string;
  readonly types: readonly string[];
  readonly count: number;
}

/** Items left out for the same reason. */
export interface SkippedSection {
  readonly code: string;
  readonly meaning: string;
  readonly count: number;
  readonly examples: readonly ReportSkipped[];
}

/** Everything a report says, in one language, ready to be laid out. */
export interface ReportModel {
  readonly schemaVersion: '1.0';
  readonly language: ReportLanguage;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly product: { readonly name: string; readonly version: string };
  readonly organisation?: string;
  readonly preparedBy?: string;
  readonly scan: ReportScan;
  readonly risk: RiskScore;
  readonly riskInput: RiskInput;
  readonly breach?: BreachSeverity;
  /** Sentences for somebody who reads nothing else. */
  readonly summary: readonly string[];
  readonly totals: {
    readonly findings: number;
    readonly distinctValues: number;
    readonly itemsWithFindings: number;
    readonly bySeverity: Readonly<Record<Severity, number>>;
    readonly byCategory: Readonly<Record<FindingCategory, number>>;
    readonly byStatus: Readonly<Record<TriageStatus, number>>;
  };
  readonly types: readonly TypeSection[];
  readonly locations: readonly LocationSection[];
  readonly articles: readonly ArticleSection[];
  readonly coverage: {
    /** Share of the planned items that was read, 0 to 1. */
    readonly itemRatio: number;
    readonly skippedTotal: number;
    readonly skipped: readonly SkippedSection[];
  };
  /** The worst findings, at most {@link ReportInput.annexLimit}. */
  readonly annex: readonly ReportFinding[];
}

/** What a report is made of. */
export interface ReportInput {
  readonly scan: ReportScan;
  readonly language: ReportLanguage;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  readonly version: string;
  readonly organisation?: string;
  readonly preparedBy?: string;
  /** Findings listed one by one. @defaultValue 500 */
  readonly annexLimit?: number;
}

/** Severities, worst first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Categories in the order of reports. */
export const categories: readonly FindingCategory[] = [
  'special',
  'identifier',
  'credential',
  'financial',
  'contact',
  'location',
  'online',
];

/** Triage statuses in the order of reports. */
export const triageStatuses: readonly TriageStatus[] = [
  'open',
  'confirmed',
  'accepted_risk',
  'fixed',
  'false_positive',
];

/** Whether a finding with that status counts as a risk that exists. */
export function isActive(status: TriageStatus | undefined): boolean {
  return status === undefined || status === 'open' || status === 'confirmed';
}
