import type { SourceReader } from '../evidence.ts';
import type { Place } from '../sampling/source-code.ts';

/** Calls further apart belong to different functions more often than not. */
const MOST_LINES_APART = 40;
const STATEMENT_LINES = 8;
const LOOP_LINES = 12;

/**
 * Whether the awaits at these places, in this order, could run together as far as their source tells: one function, no
 * result of an earlier one used in a later one, nothing decided or left between them; for one line repeated, a `for …
 * of` loop that keeps nothing from one turn to the next. When the source cannot be read the answer is no.
 */
export function isIndependent(places: readonly Place[], source: SourceReader): boolean {
  const [first] = places;
  if (first === undefined || places.some(({ file }) => file !== first.file)) return false;
  const read = (line: number): string => source.lineText(first.file, line);
  if (places.every(({ line }) => line === first.line)) return isPlainLoop(first.line, read);
  return (
    places.every(({ line }, index) => {
      const before = places[index - 1];
      if (before === undefined) return true;
      return line > before.line && line - before.line <= MOST_LINES_APART && isStep(before.line, line, read);
    }) &&
    !usesEarlier(
      places.map(({ line }) => line),
      read,
    )
  );
}

/** Nothing between the two lines decides, leaves or opens a new function. */
function isStep(from: number, to: number, read: (line: number) => string): boolean {
  for (let line = from + 1; line < to; line++) {
    if (/\b(?:if|for|while|switch|throw|return|catch|function)\b|=>\s*\{?\s*$/.test(code(read(line)))) return false;
  }
  return /\bawait\b/.test(statementAt(from, read)) && /\bawait\b/.test(statementAt(to, read));
}

function usesEarlier(lines: readonly number[], read: (line: number) => string): boolean {
  const bound = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const text = statementAt(line, read);
    if (index > 0 && [...bound].some((name) => new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(valueOf(text))))
      return true;
    for (const name of namesBoundBy(text)) bound.add(name);
    const next = lines[index + 1];
    // What is computed from the result in between carries the dependency on.
    for (let between = line + 1; next !== undefined && between < next; between++) {
      const other = code(read(between));
      if ([...bound].some((name) => new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(valueOf(other))))
        for (const name of namesBoundBy(other)) bound.add(name);
    }
  }
  return false;
}

/** The statement that the line belongs to: from its beginning to its end, as far as eight lines tell. */
function statementAt(line: number, read: (line: number) => string): string {
  let from = line;
  while (from > line - STATEMENT_LINES && !/\bawait\b|\b(?:const|let|var|return)\b/.test(code(read(from)))) from -= 1;
  let text = '';
  for (let current = from; current < from + STATEMENT_LINES * 2; current++) {
    text += `${code(read(current))}\n`;
    if (current >= line && /;\s*$/.test(code(read(current)))) break;
  }
  return text;
}

function namesBoundBy(text: string): readonly string[] {
  const declared =
    /\b(?:const|let|var)\s+([^=]+?)\s*(?::[^=]+)?=(?!=|>)/.exec(text)?.[1] ?? /^\s*([\w$]+)\s*=(?!=|>)/.exec(text)?.[1];
  return declared?.match(/[A-Za-z_$][\w$]*/g) ?? [];
}

/** The part after the equals sign: what the statement reads. */
function valueOf(text: string): string {
  return text.replace(/^\s*(?:const|let|var)\s+[^=]+?=(?!=|>)/, '');
}

function isPlainLoop(line: number, read: (line: number) => string): boolean {
  for (let current = line; current > line - LOOP_LINES; current--) {
    const text = code(read(current));
    if (/\bwhile\b|\bdo\b|=>\s*\{|\bfunction\b/.test(text)) return false;
    if (!/\bfor\s*\(\s*(?:const|let)\s[^;]*\bof\b/.test(text)) continue;
    for (let inside = current + 1; inside <= line + LOOP_LINES; inside++) {
      const body = code(read(inside));
      if (/\b(?:break|return|throw)\b/.test(body)) return false;
      if (/^\s*\}\s*$/.test(body) && inside > line) return true;
    }
    return true;
  }
  return false;
}

function code(text: string): string {
  return text.replace(/\/\/.*$/, '');
}
