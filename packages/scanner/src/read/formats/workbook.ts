import { SkipError } from '../../skip-code.ts';
import { createTableText, isHeaderRow, type TableText } from '../../text/table-text.ts';
import type { TextSink } from '../../text/text-sink.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { type DocumentParts, readXmlPart } from './document-parts.ts';
import { isDateFormat, toIsoDate } from './workbook-date.ts';

/** Characters of shared strings to hold; a workbook of ordinary size has a hundredth of it. */
const MOST_SHARED_CHARS = 134_217_728;
/** Columns beyond the last one a spreadsheet program makes are hostile. */
const MOST_COLUMNS = 16_384;

/** Reads the sheets of an XLSX workbook as tables. */
export async function* readWorkbook(parts: DocumentParts, context: ItemContext): ReadSteps {
  const strings: string[] = [];
  yield* readSharedStrings(parts, strings);
  const dateStyles = new Set<number>();
  yield* readDateStyles(parts, dateStyles);
  const sheets = new Map<string, string>();
  yield* readSheetNames(parts, sheets);
  for (const name of parts.names) {
    if (!/^xl\/worksheets\/[^/]+\.xml$/.test(name)) continue;
    const sheet = sheets.get(name.slice(3)) ?? name.slice('xl/worksheets/'.length, -4);
    const sink = context.openText();
    yield* readSheet(parts, name, { sheet, sink, strings, dateStyles });
    sink.end();
  }
}

async function* readSharedStrings(parts: DocumentParts, strings: string[]): ReadSteps {
  let current: string | undefined;
  let isText = false;
  let chars = 0;
  yield* readXmlPart(parts, 'xl/sharedStrings.xml', {
    open(tag) {
      if (tag === 'si') current = '';
      else if (tag === 't') isText = true;
    },
    text(text) {
      if (isText && current !== undefined) current += text;
    },
    close(tag) {
      if (tag === 't') isText = false;
      else if (tag === 'si') {
        chars += current?.length ?? 0;
        if (chars > MOST_SHARED_CHARS) throw new SkipError('TOO_LARGE', 'too many shared strings');
        strings.push(current ?? '');
      }
    },
  });
}

async function* readDateStyles(parts: DocumentParts, dateStyles: Set<number>): ReadSteps {
  const dateFormats = new Set<string>();
  let isInCells = false;
  let index = 0;
  yield* readXmlPart(parts, 'xl/styles.xml', {
    open(tag, attributes) {
      const format = attributes['numFmtId'] ?? '';
      if (tag === 'numFmt' && isDateFormat(format, attributes['formatCode'])) dateFormats.add(format);
      else if (tag === 'cellXfs') isInCells = true;
      else if (tag === 'xf' && isInCells) {
        if (dateFormats.has(format) || isDateFormat(format)) dateStyles.add(index);
        index++;
      }
    },
    close(tag) {
      if (tag === 'cellXfs') isInCells = false;
    },
  });
}

async function* readSheetNames(parts: DocumentParts, sheets: Map<string, string>): ReadSteps {
  const nameOfRelation = new Map<string, string>();
  yield* readXmlPart(parts, 'xl/workbook.xml', {
    open(tag, attributes) {
      if (tag === 'sheet') nameOfRelation.set(attributes['r:id'] ?? '', attributes['name'] ?? '');
    },
  });
  yield* readXmlPart(parts, 'xl/_rels/workbook.xml.rels', {
    open(tag, attributes) {
      const name = nameOfRelation.get(attributes['Id'] ?? '');
      if (tag === 'Relationship' && name !== undefined)
        sheets.set((attributes['Target'] ?? '').replace(/^\/?(?:xl\/)?/, ''), name);
    },
  });
}

interface SheetReading {
  readonly sheet: string;
  readonly sink: TextSink;
  readonly strings: readonly string[];
  readonly dateStyles: ReadonlySet<number>;
}

function readSheet(parts: DocumentParts, name: string, reading: SheetReading): ReadSteps {
  const { sheet, sink, strings, dateStyles } = reading;
  let table: TableText | undefined;
  let row = 0;
  let cells: string[] = [];
  let cell = { column: 0, type: '', style: -1, value: '' };
  let isValue = false;

  const toText = (): string => {
    if (cell.type === 's') return strings[Number(cell.value)] ?? '';
    if (cell.type === '' && dateStyles.has(cell.style)) return toIsoDate(Number(cell.value)) ?? cell.value;
    return cell.value;
  };
  const endRow = (): void => {
    if (cells.length === 0) return;
    if (!table) {
      const hasNames = isHeaderRow(cells);
      const columns = Array.from({ length: hasNames ? cells.length : MOST_COLUMNS }, (_, index) => ({
        label: hasNames ? (cells[index] ?? '') : '',
        place: { part: sheet, field: hasNames ? cells[index] || toColumnName(index) : toColumnName(index) },
      }));
      table = createTableText(sink, columns);
      if (hasNames) return;
    }
    table.row(cells, { row });
  };

  return readXmlPart(parts, name, {
    open(tag, attributes) {
      if (tag === 'row') {
        row = Number(attributes['r'] ?? row + 1);
        cells = [];
        cell = { ...cell, column: -1 };
      } else if (tag === 'c') {
        const column = attributes['r'] === undefined ? cell.column + 1 : toColumnIndex(attributes['r']);
        cell = { column, type: attributes['t'] ?? '', style: Number(attributes['s'] ?? -1), value: '' };
      } else if (tag === 'v' || tag === 't') isValue = true;
    },
    text(text) {
      if (isValue) cell.value += text;
    },
    close(tag) {
      if (tag === 'v' || tag === 't') isValue = false;
      else if (tag === 'c' && cell.column < MOST_COLUMNS) {
        while (cells.length < cell.column) cells.push('');
        cells[cell.column] = toText();
      } else if (tag === 'row') endRow();
    },
  });
}

function toColumnIndex(reference: string): number {
  let index = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? 'A') index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

function toColumnName(index: number): string {
  const first = Math.floor(index / 26);
  return (first > 0 ? toColumnName(first - 1) : '') + String.fromCharCode(65 + (index % 26));
}
