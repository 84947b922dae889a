import type { ExportedFinding } from '../findings/repository.ts';
import { exportFindings } from '../findings/repository.ts';
import type { Scan } from '../scans/scan.ts';
import type { SqlRunner } from '../scans/sql-runner.ts';
import { createReportBuilder } from './report-builder.ts';
import type { ReportFinding, ReportInput, ReportModel, ReportScan } from './report-model.ts';

/** A stored finding as reports take it. */
export function toReportFinding(finding: ExportedFinding): ReportFinding {
  const { type, category, severity, score, reasons, location, masked, fingerprint, context, status, reason } = finding;
  return {
    type,
    category,
    severity,
    score,
    reasons,
    location,
    masked,
    fingerprint,
    context,
    status,
    ...(reason === null ? {} : { statusReason: reason }),
  };
}

/** A stored scan as reports take it. */
export function toReportScan(scan: Scan): ReportScan {
  const { status, progress } = scan;
  return {
    id: scan.id,
    name: scan.name,
    sourceKind: scan.source.kind,
    sourceLabel: scan.source.label,
    status: status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'running',
    startedAt: Date.parse(scan.startedAt ?? scan.createdAt),
    ...(scan.finishedAt === null ? {} : { finishedAt: Date.parse(scan.finishedAt) }),
    totalItems: progress.totalItems,
    totalBytes: progress.totalBytes,
    doneItems: progress.doneItems,
    doneBytes: progress.doneBytes,
    failedParts: progress.failedParts,
  };
}

/** Runs one short read-only transaction for the reader of the report. */
export type ReadPage = <Result>(work: (sql: SqlRunner) => Promise<Result>) => Promise<Result>;

/** The findings of a scan, page by page. */
export async function* reportFindings(readPage: ReadPage, scanId: string): AsyncGenerator<ReportFinding> {
  for await (const finding of exportFindings(readPage, scanId)) yield toReportFinding(finding);
}

/** Builds the report of a stored scan; memory does not grow with the number of its findings. */
export async function buildReport(
  readPage: ReadPage,
  scan: Scan,
  input: Omit<ReportInput, 'scan'>,
): Promise<ReportModel> {
  const builder = createReportBuilder({ ...input, scan: toReportScan(scan) });
  for await (const finding of reportFindings(readPage, scan.id)) builder.addFinding(finding);
  const skipped = await readPage((sql) =>
    sql.query<{ item: string; code: string; reason: string }>(
      'select item, code, reason from skipped_items where scan_id = $1 order by id limit 100000',
      [scan.id],
    ),
  );
  for (const row of skipped.rows) builder.addSkipped(row);
  return builder.build();
}
