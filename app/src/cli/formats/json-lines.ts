import type { ReportStream } from './report-format.ts';
import { toJsonSummary } from './json.ts';

/** One JSON object a line: `{"finding":...}` as found, `{"summary":...}` at the end. */
export function createJsonLinesReport(): ReportStream {
  return {
    begin: () => '',
    finding: (finding) => `${JSON.stringify({ finding })}\n`,
    end(summary) {
      const skipped = summary.skipped.map(
        ({ item, code, reason }) => `${JSON.stringify({ skipped: { item, code, reason } })}\n`,
      );
      return `${skipped.join('')}${JSON.stringify({ summary: toJsonSummary(summary) })}\n`;
    },
  };
}
