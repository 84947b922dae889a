import { createCsvReport } from './csv.ts';
import { createHtmlReport, createPdfReport } from './document.ts';
import { createJsonLinesReport } from './json-lines.ts';
import { createJsonReport } from './json.ts';
import type { ReportContext, ReportStream } from './report-format.ts';
import { createSarifReport } from './sarif.ts';
import { createTableReport } from './table.ts';

/** Every report format by the name the command line takes. */
export const FORMATS: Readonly<Record<string, (context: ReportContext) => ReportStream>> = {
  table: createTableReport,
  json: createJsonReport,
  jsonl: createJsonLinesReport,
  csv: createCsvReport,
  sarif: createSarifReport,
  html: createHtmlReport,
  pdf: createPdfReport,
};
