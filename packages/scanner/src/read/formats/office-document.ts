import type { TextSink } from '../../text/text-sink.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { type DocumentParts, readXmlPart } from './document-parts.ts';
import { readWorkbook } from './workbook.ts';

const WORD_PART = /^word\/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$/;
const SLIDE_PART = /^ppt\/(?:slides\/slide|notesSlides\/notesSlide)(\d+)\.xml$/;
const PROPERTIES_PART = /^docProps\/(?:core|custom)\.xml$/;

/** Whether the entries are those of an Office Open XML document (ECMA-376). */
export function isOfficeDocument(names: ReadonlySet<string>): boolean {
  return names.has('[Content_Types].xml');
}

/** Reads DOCX, PPTX and XLSX: text with its paragraphs and table cells, notes, comments, properties. */
export async function* readOfficeDocument(parts: DocumentParts, context: ItemContext): ReadSteps {
  const sink = context.openText();
  for (const name of parts.names) {
    const slide = SLIDE_PART.exec(name)?.[1];
    if (slide !== undefined) {
      sink.push('\n', { page: Number(slide) });
      yield* readParagraphs(parts, name, sink);
    } else if (WORD_PART.test(name)) {
      sink.push('\n', { part: name.slice(name.indexOf('/') + 1, -4) });
      yield* readParagraphs(parts, name, sink);
    } else if (PROPERTIES_PART.test(name)) {
      sink.push('\n', { part: 'properties' });
      yield* readProperties(parts, name, sink);
    }
  }
  sink.end();
  if (parts.names.includes('xl/workbook.xml')) yield* readWorkbook(parts, context);
}

/** Both word processing (`w:`) and drawing (`a:`) XML: runs of text in paragraphs, which may stand in table cells. */
function readParagraphs(parts: DocumentParts, name: string, sink: TextSink): AsyncGenerator<void, void> {
  let isText = false;
  let cellDepth = 0;
  return readXmlPart(parts, name, {
    open(tag) {
      if (tag === 'w:t' || tag === 'a:t' || tag === 'w:instrText') isText = true;
      else if (tag === 'w:tab') sink.push('\t');
      else if (tag === 'w:br' || tag === 'a:br' || tag === 'w:cr') sink.push('\n');
      else if (tag === 'w:tc' || tag === 'a:tc') cellDepth++;
    },
    close(tag) {
      if (tag === 'w:t' || tag === 'a:t' || tag === 'w:instrText') isText = false;
      else if (tag === 'w:p' || tag === 'a:p') sink.push(cellDepth > 0 ? ' ' : '\n');
      else if (tag === 'w:tc' || tag === 'a:tc') {
        cellDepth--;
        sink.push('\t');
      } else if (tag === 'w:tr' || tag === 'a:tr') sink.push('\n');
    },
    text(text) {
      if (isText) sink.push(text);
    },
  });
}

function readProperties(parts: DocumentParts, name: string, sink: TextSink): AsyncGenerator<void, void> {
  return readXmlPart(parts, name, {
    open: (tag) => sink.push(`\n${tag.slice(tag.indexOf(':') + 1)}: `),
    text: (text) => sink.push(text.trim()),
  });
}
