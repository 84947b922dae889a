import type { DocumentView } from './document-view.ts';

/** Two spaces stand for any number of them from two on, as in tables aligned for reading. */
const ALIGNED = '  ';
const DELIMITERS = [';', '\t', '|', ',', ALIGNED] as const;
const LONGEST_LINE = 8192;
const HEADER_LINES = 3;

interface Header {
  readonly delimiter: string;
  readonly fields: readonly string[];
  /** Where the header line ends; values stand after it. */
  readonly end: number;
}

interface Memory {
  blockStart: number;
  header: Header | undefined;
  lineStart: number;
  /** Ends of the fields of the current line. */
  fieldEnds: readonly number[];
}

const memories = new WeakMap<DocumentView, Memory>();

/** The header of the column that the value at `start` stands in, when its block is delimited text with a header line. */
export function columnLabel(document: DocumentView, start: number): string | undefined {
  const { text, lineStart } = document;
  if (start < lineStart) return undefined;
  let memory = memories.get(document);
  if (memory === undefined) {
    memory = { blockStart: -1, header: undefined, lineStart: -1, fieldEnds: [] };
    memories.set(document, memory);
  }
  if (memory.blockStart !== document.blockStart) {
    memory.blockStart = document.blockStart;
    memory.header = findHeader(document);
  }
  const { header } = memory;
  if (header === undefined || lineStart < header.end) return undefined;
  if (memory.lineStart !== lineStart) {
    memory.lineStart = lineStart;
    memory.fieldEnds = fieldEnds(text, lineStart, header.delimiter);
  }
  if (memory.fieldEnds.length !== header.fields.length) return undefined;
  const column = memory.fieldEnds.findIndex((end) => start < end);
  return column === -1 ? undefined : header.fields[column];
}

function findHeader(document: DocumentView): Header | undefined {
  if (document.hints.header !== undefined && document.blockStart === 0) {
    const given = parseHeader(document.hints.header, 0, 0);
    if (given) return given;
  }
  const { text } = document;
  let lineStart = document.blockStart;
  for (let line = 0; line < HEADER_LINES; line++) {
    const end = lineEnd(text, lineStart);
    if (end === -1 || end >= text.length) return undefined;
    const header = parseHeader(text.slice(lineStart, end), end, lineStart);
    if (header) {
      const next = text.charCodeAt(end) === 13 ? end + 2 : end + 1;
      const ruler = /^[\s|:=-]{3,}$/.test(text.slice(next, Math.max(next, lineEnd(text, next))));
      const isTable = ruler || fieldEnds(text, next, header.delimiter).length === header.fields.length;
      if (isTable) return header;
    }
    lineStart = text.charCodeAt(end) === 13 ? end + 2 : end + 1;
  }
  return undefined;
}

function parseHeader(line: string, end: number, lineStart: number): Header | undefined {
  if (/[{}=<>()@]|\d{5}/.test(line)) return undefined;
  for (const delimiter of DELIMITERS) {
    if (!line.includes(delimiter)) continue;
    const fields = splitFields(line, 0, line.length, delimiter);
    if (fields.length < 2 || fields.length > 400) continue;
    const isHeader = fields.every((field) => field.length <= 48 && !/[@{}=<>]|\d{5}|[.!?:]\s|[.!?:,]$/.test(field));
    const named = fields.filter((field) => /^["']?[\p{L}#]/u.test(field)).length;
    if (isHeader && named >= 2 && named >= fields.length - 2)
      return { delimiter, fields, end: end === 0 ? lineStart : end };
  }
  return undefined;
}

function splitFields(text: string, start: number, end: number, delimiter: string): string[] {
  if (delimiter === ALIGNED) {
    const line = text.slice(start, end);
    return line.startsWith(' ') ? [] : line.trimEnd().split(/ {2,}/);
  }
  const fields: string[] = [];
  let from = start;
  let quoted = false;
  for (let index = start; index < end; index++) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      fields.push(text.slice(from, index).trim().replace(/^"|"$/g, ''));
      from = index + 1;
    }
  }
  fields.push(text.slice(from, end).trim().replace(/^"|"$/g, ''));
  return fields;
}

function fieldEnds(text: string, lineStart: number, delimiter: string): number[] {
  const ends: number[] = [];
  const limit = Math.min(text.length, lineStart + LONGEST_LINE);
  let quoted = false;
  let index = lineStart;
  if (delimiter === ALIGNED) {
    const end = lineEnd(text, lineStart);
    const line = text.slice(lineStart, end === -1 ? limit : end).trimEnd();
    for (const gap of line.matchAll(/ {2,}/g)) ends.push(lineStart + gap.index + gap[0].length);
    return [...ends, lineStart + line.length + 1];
  }
  for (; index < limit; index++) {
    const character = text[index];
    if (character === '\n') break;
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) ends.push(index);
  }
  ends.push(index + 1);
  return ends;
}

function lineEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_LINE);
  let index = start;
  while (index < limit && text.charCodeAt(index) !== 10) index++;
  if (index === limit && limit < text.length) return -1;
  return index > start && text.charCodeAt(index - 1) === 13 ? index - 1 : index;
}
