import type { ScanSummary } from '../scan-summary.ts';
import type { ReportStream } from './report-format.ts';

/** One JSON document: `findings`, `skipped`, `coverage`, `summary`. */
export function createJsonReport(): ReportStream {
  let isFirst = true;
  return {
    begin: () => '{"findings":[',
    finding(finding) {
      const separator = isFirst ? '\n' : ',\n';
      isFirst = false;
      return separator + JSON.stringify(finding);
    },
    end(summary) {
      const skipped = summary.skipped.map(({ item, code, reason }) => ({ item, code, reason }));
      const rest = JSON.stringify({ skipped, coverage: summary.coverage, summary: toJsonSummary(summary) });
      return `\n],${rest.slice(1)}\n`;
    },
  };
}

/** The figures of a summary as plain data. */
export function toJsonSummary(summary: ScanSummary): object {
  const { target, startedAt, durationMs, isPartial, items, bytes, reused, findings, suppressed, bySeverity } = summary;
  return {
    target,
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    partial: isPartial,
    items,
    bytes,
    reused,
    findings,
    suppressed,
    skipped: summary.skipped.length,
    bySeverity,
    byType: Object.fromEntries([...summary.byType].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}
