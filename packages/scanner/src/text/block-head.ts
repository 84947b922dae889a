/** Lines at the head of a block among which detection looks for a table header. */
const HEAD_LINES = 3;
/** Longer lines are no table header to detection, and a line counts in full only so far. */
const LINE_CHARS = 8_200;

/** A block (lines without an empty one between them) so near that a window can start with it needs no stand-in. */
export const BLOCK_REACH: number = HEAD_LINES * LINE_CHARS + HEAD_LINES;
/** The same for a line. */
export const LINE_REACH: number = LINE_CHARS;

/** Start of the last block at or before `position`, or -1 when none starts in `text`. */
export function lastBlockStart(text: string, position: number): number {
  if (position < 2) return -1;
  const plain = text.lastIndexOf('\n\n', position - 2);
  const carriage = text.lastIndexOf('\n\r\n', position - 3);
  return Math.max(plain === -1 ? -1 : plain + 2, carriage === -1 || position < 3 ? -1 : carriage + 3);
}

/** Start of the line that holds `position`, or -1 when it starts before `text`. */
export function lastLineStart(text: string, position: number): number {
  return position === 0 ? -1 : text.lastIndexOf('\n', position - 1) + 1 || -1;
}

/** The first lines of the block at `start`, as far as detection reads them; ends with a line break. */
export function readBlockHead(text: string, start: number): string {
  let head = '';
  let at = start;
  for (let line = 0; line < HEAD_LINES; line++) {
    const end = text.indexOf('\n', at);
    const next = end === -1 ? text.length : end + 1;
    if (next - at > LINE_CHARS) return `${head}${text.slice(at, at + LINE_CHARS)}\n`;
    head += text.slice(at, next);
    if (end === -1) break;
    at = next;
  }
  return head;
}

/** The beginning of the line at `start`, without its line break. */
export function readLineHead(text: string, start: number): string {
  return text.slice(start, start + LINE_CHARS);
}
