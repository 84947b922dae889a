import { columnLabel } from './column-label.ts';
import { fieldLabel, previousCell } from './field-label.ts';
import { sqlLabel, type SqlMemory } from './sql-label.ts';
import { toWindow, type WordWindow } from './word-matcher.ts';

/** What is known about a text besides its characters. */
export interface DetectionHints {
  /** Path or URL, for its extension and file name. */
  readonly path?: string;
  /** The column all of the text comes from, when it is one cell. */
  readonly column?: string;
  readonly mediaType?: string;
  /** The header line of a delimited file when the text is a later part of it. */
  readonly header?: string;
}

const NEIGHBOURHOOD_LIMIT = 400;

/** A text under detection, and what surrounds each place in it. Serves one pass from front to back. */
export class DocumentView {
  readonly text: string;
  readonly hints: DetectionHints;
  /** Start of the line the pass is in. */
  lineStart = 0;
  /** Start of the block (lines without an empty one between them) the pass is in. */
  blockStart = 0;
  readonly #sql: SqlMemory = { columns: [] };
  #hasInserts: boolean | undefined;
  #labelledAt = -1;
  #label: string | undefined;
  #beforeAt = -1;
  #beforeReach = -1;
  #before: WordWindow = toWindow('');

  constructor(text: string, hints: DetectionHints) {
    this.text = text;
    this.hints = hints;
  }

  /** Notes that the pass goes on to the line that starts at `index`. */
  enterLine(index: number): void {
    const lineLength = index - 1 - this.lineStart;
    if (lineLength === 0 || (lineLength === 1 && this.text.charCodeAt(this.lineStart) === 13)) this.blockStart = index;
    this.lineStart = index;
  }

  /** What the value at `start` is called by its key, tag, table header or column; spaced lower-case words. */
  label(start: number): string | undefined {
    if (this.#labelledAt === start) return this.#label;
    this.#labelledAt = start;
    const label =
      fieldLabel(this.text, start, this.lineStart) ??
      columnLabel(this, start) ??
      sqlLabel(this.text, start, this.#sql) ??
      previousCell(this.text, start, this.lineStart) ??
      (this.hints.column === undefined ? undefined : this.hints.column);
    this.#label = label === undefined ? undefined : toWords(label);
    return this.#label;
  }

  /** Up to `reach` characters before `start`, not beyond an empty line. */
  before(start: number, reach: number): WordWindow {
    if (this.#beforeAt === start && this.#beforeReach === reach) return this.#before;
    const head = this.text.slice(Math.max(0, start - Math.min(reach, NEIGHBOURHOOD_LIMIT)), start);
    const gap = Math.max(head.lastIndexOf('\n\n'), head.lastIndexOf('\n\r\n'));
    this.#beforeAt = start;
    this.#beforeReach = reach;
    this.#before = toWindow(toWords(gap === -1 ? head : head.slice(gap + 2)));
    return this.#before;
  }

  /** As {@link before}, but not beyond the field of the line that `start` is in. */
  fieldBefore(start: number, reach: number): WordWindow {
    const head = this.text.slice(Math.max(0, start - Math.min(reach, NEIGHBOURHOOD_LIMIT)), start);
    return toWindow(toWords(/[^;|,\n]*$/.exec(head)?.[0] ?? ''));
  }

  /** Up to `reach` characters after `end`, within the field; nothing when what follows is the key of the next field. */
  after(end: number, reach: number): WordWindow {
    const tail = this.text.slice(end, end + Math.min(reach, NEIGHBOURHOOD_LIMIT));
    const stop = tail.search(/[,;|<>{}=":\n]/);
    if (stop === -1) return toWindow(toWords(tail));
    return toWindow(/[=:]/.test(tail[stop] ?? '') ? '' : toWords(tail.slice(0, stop)));
  }

  /** Whether the text inserts rows in a database anywhere. */
  get hasInserts(): boolean {
    this.#hasInserts ??= /insert\s{1,4}into/i.test(this.text);
    return this.#hasInserts;
  }
}

/** Splits camelCase, turns joining marks into spaces, lower-cases. */
export function toWords(text: string): string {
  return text
    .replace(/([\p{Ll}\d])(?=\p{Lu})/gu, '$1 ')
    .replace(/[\s_.\-/\\'’´`]+/g, ' ')
    .toLowerCase();
}
