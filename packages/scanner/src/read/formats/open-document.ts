import { SkipError } from '../../skip-code.ts';
import { createTableText, isHeaderRow, type TableText } from '../../text/table-text.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { type DocumentParts, readXmlPart } from './document-parts.ts';

/** Spreadsheets pad rows with huge repetitions of empty cells; data is never repeated this often. */
const MOST_REPEATED = 1_000;

/** Whether the entries are those of an OpenDocument (ISO/IEC 26300). */
export function isOpenDocument(names: ReadonlySet<string>): boolean {
  return names.has('content.xml') && names.has('META-INF/manifest.xml');
}

/** Reads ODT, ODS and ODP: paragraphs, the rows of tables, and who made the document. */
export async function* readOpenDocument(parts: DocumentParts, context: ItemContext): ReadSteps {
  yield* readXmlPart(parts, 'META-INF/manifest.xml', {
    open(tag) {
      if (tag.endsWith('encryption-data')) throw new SkipError('ENCRYPTED', 'protected by a password');
    },
  });
  yield* readContent(parts, context);
  yield* readMeta(parts, context);
}

async function* readContent(parts: DocumentParts, context: ItemContext): ReadSteps {
  const sink = context.openText();
  let sheet = '';
  let table: TableText | undefined;
  let cells: string[] | undefined;
  let cell: { text: string; date: string | undefined; repeated: number } | undefined;
  let row = 0;

  const endRow = (): void => {
    const filled = cells ?? [];
    cells = undefined;
    row++;
    if (!filled.some((text) => text !== '')) return;
    if (!table) {
      const hasNames = isHeaderRow(filled);
      const width = hasNames ? filled.length : Math.max(filled.length, 256);
      table = createTableText(
        sink,
        Array.from({ length: width }, (_, index) => {
          const label = hasNames ? (filled[index] ?? '') : '';
          return { label, place: { part: sheet, ...(label === '' ? {} : { field: label }) } };
        }),
      );
      if (hasNames) return;
    }
    table.row(filled, { row });
  };
  const write = (text: string): void => {
    if (cell) cell.text += text;
    else sink.push(text);
  };

  yield* readXmlPart(parts, 'content.xml', {
    open(tag, attributes) {
      if (tag === 'table:table') {
        sheet = attributes['table:name'] ?? '';
        table = undefined;
        row = 0;
      } else if (tag === 'table:table-row') cells = [];
      else if (tag === 'table:table-cell' && cells) {
        const repeated = Math.min(Number(attributes['table:number-columns-repeated'] ?? 1) || 1, MOST_REPEATED);
        cell = { text: '', date: attributes['office:date-value'], repeated };
      } else if (tag === 'text:tab') write('\t');
      else if (tag === 'text:s') write(' ');
      else if (tag === 'text:line-break') write('\n');
      else if (tag === 'draw:page') sink.push('\n', {});
    },
    text: write,
    close(tag) {
      if (tag === 'table:table-cell' && cell) {
        const text = (cell.date?.slice(0, 10) ?? cell.text).trim();
        for (let count = 0; count < cell.repeated; count++) cells?.push(text);
        cell = undefined;
      } else if (tag === 'table:table-row') endRow();
      else if (tag === 'table:table') sink.push('\n', {});
      else if (tag === 'text:p' || tag === 'text:h') write('\n');
    },
  });
  sink.end();
}

async function* readMeta(parts: DocumentParts, context: ItemContext): ReadSteps {
  const sink = context.openText();
  sink.push('\n', { part: 'properties' });
  yield* readXmlPart(parts, 'meta.xml', {
    open: (tag) => sink.push(`\n${tag.slice(tag.indexOf(':') + 1)}: `),
    text: (text) => sink.push(text.trim()),
  });
  sink.end();
}
