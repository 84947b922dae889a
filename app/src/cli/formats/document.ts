import { renderHtmlReport } from '../../features/reports/html-report.ts';
import { renderPdfReport } from '../../features/reports/pdf/pdf-report.ts';
import { createReportBuilder } from '../../features/reports/report-builder.ts';
import type { ReportModel } from '../../features/reports/report-model.ts';
import { type ScanSummary, SEVERITIES } from '../scan-summary.ts';
import type { ReportContext, ReportStream } from './report-format.ts';
import type { Finding } from '@dataguardian/scanner';

/** The report for people as one HTML file. */
export function createHtmlReport(context: ReportContext): ReportStream {
  return createDocumentReport(context, renderHtmlReport);
}

/** The report for people as PDF. */
export function createPdfReport(context: ReportContext): ReportStream {
  return createDocumentReport(context, renderPdfReport);
}

/** Findings held until the end, so that the summary can stand before them; the gravest are kept when there are more. */
const MOST_FINDINGS = 100_000;

function createDocumentReport(
  { language, version, target }: ReportContext,
  render: (model: ReportModel) => string | Promise<Uint8Array>,
): ReportStream {
  let findings: Finding[] = [];
  return {
    begin: () => '',
    finding(finding) {
      findings.push(finding);
      if (findings.length >= MOST_FINDINGS * 2) findings = keepGravest(findings);
      return '';
    },
    end(summary) {
      const builder = createReportBuilder({
        language,
        version,
        generatedAt: summary.startedAt + summary.durationMs,
        scan: toReportScan(summary, target),
      });
      for (const finding of findings) builder.addFinding(finding);
      for (const { item, code, reason } of summary.skipped) builder.addSkipped({ item, code, reason });
      return render(builder.build());
    },
  };
}

function keepGravest(findings: readonly Finding[]): Finding[] {
  const gravity = (finding: Finding): number => SEVERITIES.indexOf(finding.severity);
  return findings.toSorted((one, other) => gravity(other) - gravity(one)).slice(0, MOST_FINDINGS);
}

function toReportScan(summary: ScanSummary, target: string): ReportModel['scan'] {
  return {
    name: target,
    sourceKind: summary.sourceKind,
    sourceLabel: target,
    status: summary.isPartial ? 'cancelled' : 'completed',
    startedAt: summary.startedAt,
    finishedAt: summary.startedAt + summary.durationMs,
    totalItems: Math.max(summary.plannedItems, summary.items),
    totalBytes: Math.max(summary.plannedBytes, summary.bytes),
    doneItems: summary.items,
    doneBytes: summary.bytes,
  };
}
