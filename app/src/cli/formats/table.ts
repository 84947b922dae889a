import { styleText } from 'node:util';
import { describeType, type Finding, type Severity } from '@dataguardian/scanner';
import { formatBytes } from '../scan-progress.ts';
import { type ScanSummary, SEVERITIES } from '../scan-summary.ts';
import type { ReportContext, ReportStream } from './report-format.ts';

/** More rows than this nobody reads on a terminal. */
const MOST_ROWS = 100;
const MOST_SKIPPED = 10;
const COLOURS = { critical: 'magenta', high: 'red', medium: 'yellow', low: 'cyan' } as const satisfies Record<
  Severity,
  string
>;

/** The gravest findings and the totals, for people. Keeps at most 100 findings, whatever the size of the scan. */
export function createTableReport({ colours, language }: ReportContext): ReportStream {
  const kept: Finding[] = [];
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text;

  const toLine = (finding: Finding, width: number): string => {
    const severity = paint(COLOURS[finding.severity], finding.severity.padEnd(8));
    const where = printable(describePlace(finding)).padEnd(width);
    return `${severity}  ${finding.type.padEnd(16)}  ${where}  ${printable(finding.masked)}`;
  };

  return {
    begin: () => '',
    finding(finding) {
      kept.push(finding);
      if (kept.length >= MOST_ROWS * 2) kept.sort(byGravity).length = MOST_ROWS;
      return '';
    },
    end(summary) {
      const rows = kept.sort(byGravity).slice(0, MOST_ROWS);
      const width = Math.min(60, Math.max(0, ...rows.map((finding) => describePlace(finding).length)));
      const lines = rows.map((finding) => toLine(finding, width));
      if (summary.findings > rows.length)
        lines.push(paint('dim', `… and ${summary.findings - rows.length} more; --format csv or json lists all`));
      if (lines.length > 0) lines.push('');
      lines.push(...describeTypes(summary, language), ...describeSkipped(summary), describeTotals(summary));
      if (summary.isPartial) lines.push(paint('yellow', 'Stopped before the end: this report is partial.'));
      return `${lines.join('\n')}\n`;
    },
  };
}

function byGravity(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity) ||
    other.score - one.score ||
    (one.location.item < other.location.item ? -1 : one.location.item > other.location.item ? 1 : 0) ||
    (one.location.line ?? 0) - (other.location.line ?? 0)
  );
}

function describePlace({ location }: Finding): string {
  const { item, line, column, row, page, field } = location;
  if (line !== undefined) return `${item}:${line}:${column ?? 1}`;
  return [item, page === undefined ? '' : `p${page}`, field ?? '', row === undefined ? '' : `row ${row}`]
    .filter((part) => part !== '')
    .join(' ');
}

function describeTypes({ byType }: ScanSummary, language: 'en' | 'nl'): string[] {
  const lines = [...byType]
    .sort(([, one], [, other]) => other - one)
    .map(([type, count]) => `${String(count).padStart(8)}  ${type.padEnd(16)}  ${describeType(type).name[language]}`);
  return lines.length === 0 ? [] : [...lines, ''];
}

function describeSkipped({ skipped, coverage }: ScanSummary): string[] {
  const lines = coverage.map(
    ({ item, rowsRead, rowsTotal, upperBoundRatio }) =>
      `Read ${rowsRead} of about ${rowsTotal} rows of ${printable(item)}` +
      (upperBoundRatio > 0
        ? `; clear columns hold data in at most ${formatRatio(upperBoundRatio)} of rows (95 %)`
        : ''),
  );
  if (skipped.length > 0) {
    const byCode = Map.groupBy(skipped, (event) => event.code);
    lines.push(
      `Not scanned: ${skipped.length} (${[...byCode].map(([code, events]) => `${code} ${events.length}`).join(', ')})`,
    );
    for (const { item, reason } of skipped.slice(0, MOST_SKIPPED))
      lines.push(`  ${printable(item)}: ${printable(reason)}`);
    if (skipped.length > MOST_SKIPPED) lines.push(`  … and ${skipped.length - MOST_SKIPPED} more`);
  }
  return lines.length === 0 ? [] : [...lines, ''];
}

function describeTotals(summary: ScanSummary): string {
  const { bySeverity, findings, suppressed, items, bytes, reused, durationMs } = summary;
  const severities = SEVERITIES.toReversed().map((severity) => `${bySeverity[severity]} ${severity}`);
  return (
    `${findings} findings (${severities.join(', ')}) in ${items} items, ${formatBytes(bytes)}, ` +
    `${(durationMs / 1000).toFixed(1)} s` +
    (reused > 0 ? `, ${reused} unchanged` : '') +
    (suppressed > 0 ? `, ${suppressed} known from the baseline` : '')
  );
}

function formatRatio(ratio: number): string {
  return `${(Math.min(1, ratio) * 100).toPrecision(2)} %`;
}

/** Without control characters, which could move the cursor or hide text. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
}
