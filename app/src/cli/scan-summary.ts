import type { CoverageEvent, Finding, ScanEvent, Severity, SkippedEvent } from '@dataguardian/scanner';

/** Severities from harmless to grave. */
export const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** What a finished or stopped scan adds up to. */
export interface ScanSummary {
  readonly target: string;
  readonly startedAt: number;
  readonly durationMs: number;
  /** Whether the scan was stopped before its end, so that the report is partial. */
  readonly isPartial: boolean;
  /** `path`, `database`, ... */
  readonly sourceKind: string;
  /** What the scan set out to read. */
  readonly plannedItems: number;
  readonly plannedBytes: number;
  readonly items: number;
  readonly bytes: number;
  readonly reused: number;
  readonly findings: number;
  /** Findings left out because the baseline knows them. */
  readonly suppressed: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly byType: ReadonlyMap<string, number>;
  readonly skipped: readonly SkippedEvent[];
  readonly coverage: readonly CoverageEvent[];
}

/** Adds up the events of a scan. */
export interface SummaryBuilder {
  add(event: ScanEvent): void;
  addFinding(finding: Finding): void;
  addSuppressed(): void;
  build(end: { readonly durationMs: number; readonly isPartial: boolean }): ScanSummary;
}

/** Starts an empty summary. */
export function createSummary(scan: {
  readonly target: string;
  readonly sourceKind: string;
  readonly startedAt: number;
}): SummaryBuilder {
  const bySeverity: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  const byType = new Map<string, number>();
  const skipped: SkippedEvent[] = [];
  const coverage: CoverageEvent[] = [];
  const counts = { plannedItems: 0, plannedBytes: 0, items: 0, bytes: 0, reused: 0, findings: 0, suppressed: 0 };
  return {
    add(event) {
      if (event.kind === 'skipped') skipped.push(event);
      else if (event.kind === 'coverage') coverage.push(event);
      else if (event.kind === 'planned') {
        counts.plannedItems = event.totalItems;
        counts.plannedBytes = event.totalBytes;
      } else if (event.kind === 'item') {
        counts.items++;
        counts.bytes += event.bytes;
        if (event.reused === true) counts.reused++;
      }
    },
    addFinding(finding) {
      counts.findings++;
      bySeverity[finding.severity]++;
      byType.set(finding.type, (byType.get(finding.type) ?? 0) + 1);
    },
    addSuppressed() {
      counts.suppressed++;
    },
    build: (end) => ({ ...scan, ...end, ...counts, bySeverity, byType, skipped, coverage }),
  };
}

/** Whether any finding is at least as severe as `threshold`. */
export function reachesSeverity(summary: ScanSummary, threshold: Severity): boolean {
  return SEVERITIES.slice(SEVERITIES.indexOf(threshold)).some((severity) => summary.bySeverity[severity] > 0);
}
