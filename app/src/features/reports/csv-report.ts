import { describeType, type FindingLocation } from '@dataguardian/scanner';
import type { ReportFinding, ReportLanguage } from './report-model.ts';
import { reportWords } from './report-words.ts';

const HEADERS: Readonly<Record<ReportLanguage, readonly string[]>> = {
  en: [
    'Severity',
    'Category',
    'Type',
    'Name',
    'Location',
    'Position',
    'Value (masked)',
    'Surroundings (masked)',
    'Confidence',
    'Reasons',
    'Articles',
    'Decision',
    'Decision reason',
    'Fingerprint',
  ],
  nl: [
    'Ernst',
    'Categorie',
    'Soort',
    'Naam',
    'Plaats',
    'Positie',
    'Waarde (gemaskeerd)',
    'Omgeving (gemaskeerd)',
    'Zekerheid',
    'Redenen',
    'Artikelen',
    'Beoordeling',
    'Reden van beoordeling',
    'Vingerafdruk',
  ],
};

/** Lets spreadsheet programs recognise UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A spreadsheet runs text that begins with one of these as a formula; a leading apostrophe makes it text again. */
const FORMULA_START = /^[=+\-@\t\r\n|%＝＋－＠]/;

/** One value as a CSV field (RFC 4180) that no spreadsheet takes for a formula. */
export function toCsvField(value: string): string {
  const safe = FORMULA_START.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Where in its item a finding is, in words. */
export function describePosition(location: FindingLocation, language: ReportLanguage): string {
  const { label } = reportWords(language);
  const { line, column, row, field, page, part, commit } = location;
  return [
    part,
    page === undefined ? undefined : `${label.page.toLowerCase()} ${page}`,
    row === undefined ? undefined : `${label.row} ${row}`,
    field === undefined ? undefined : `${label.field} ${field}`,
    line === undefined ? undefined : `${label.line} ${line}${column === undefined ? '' : `:${column}`}`,
    commit === undefined ? undefined : `commit ${commit.slice(0, 12)}`,
  ]
    .filter((word) => word !== undefined)
    .join(', ');
}

/** Writes findings as CSV: UTF-8 with byte order mark, comma separated, one line a finding. */
export async function* writeCsvReport(
  findings: Iterable<ReportFinding> | AsyncIterable<ReportFinding>,
  language: ReportLanguage,
): AsyncGenerator<string> {
  const words = reportWords(language);
  const toLine = (fields: readonly string[]): string => `${fields.map(toCsvField).join(',')}\r\n`;
  yield BYTE_ORDER_MARK + toLine(HEADERS[language]);
  for await (const finding of findings) {
    const description = describeType(finding.type);
    yield toLine([
      words.severity[finding.severity],
      words.category[finding.category],
      finding.type,
      description.name[language],
      finding.location.item,
      describePosition(finding.location, language),
      finding.masked,
      finding.context,
      finding.score.toFixed(2),
      finding.reasons.join('; '),
      description.articles.join('; '),
      words.status[finding.status ?? 'open'],
      finding.statusReason ?? '',
      finding.fingerprint,
    ]);
  }
}
