import { describeType } from '@dataguardian/scanner';
import type { ReportContext, ReportStream } from './report-format.ts';

const HEADER = [
  'type',
  'name',
  'category',
  'severity',
  'score',
  'item',
  'line',
  'column',
  'row',
  'field',
  'page',
  'commit',
  'masked',
  'context',
  'articles',
  'fingerprint',
];

/** Comma-separated values after RFC 4180, safe to open in a spreadsheet. */
export function createCsvReport({ language }: ReportContext): ReportStream {
  return {
    begin: () => toRow(HEADER),
    finding(finding) {
      const { location } = finding;
      const description = describeType(finding.type);
      return toRow([
        finding.type,
        description.name[language],
        finding.category,
        finding.severity,
        finding.score,
        location.item,
        location.line,
        location.column,
        location.row,
        location.field,
        location.page,
        location.commit,
        finding.masked,
        finding.context,
        description.articles.join('; '),
        finding.fingerprint,
      ]);
    },
    end: () => '',
  };
}

function toRow(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map((cell) => toCell(cell)).join(',')}\r\n`;
}

/** Quotes a cell; text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function toCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[\s\0]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
