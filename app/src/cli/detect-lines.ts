import type { Detection } from '@dataguardian/scanner';

/** Longer lines are refused, since a string cannot hold much more. */
const LONGEST_LINE_CHARS = 200_000_000;

/**
 * Answers each input line with one output line, in order. A line that is no request is answered with an error in its
 * place, so that the lines after it are not lost.
 */
export async function* answerLines(input: AsyncIterable<string>, detection: Detection): AsyncGenerator<string> {
  let line = 0;
  for await (const text of splitLines(input)) {
    line++;
    if (text !== undefined && text.trim() === '') continue;
    yield `${JSON.stringify(text === undefined ? refuse(line, null, 'the line is too long') : answer(text, line, detection))}\n`;
  }
}

function answer(text: string, line: number, detection: Detection): object {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (error) {
    return refuse(line, null, `not JSON: ${error instanceof SyntaxError ? 'syntax error' : 'unreadable'}`);
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return refuse(line, null, 'not an object');
  const id = 'id' in request ? request.id : null;
  if (!('text' in request) || typeof request.text !== 'string') return refuse(line, id, '"text" must be a string');
  try {
    const hints = {
      ...('path' in request && typeof request.path === 'string' ? { path: request.path } : {}),
      ...('column' in request && typeof request.column === 'string' ? { column: request.column } : {}),
    };
    const findings = detection
      .detect(request.text, hints)
      .map(({ type, start, end, score, category }) => ({ type, start, end, score, category }));
    return { id, findings };
  } catch {
    // The message could quote the text, which may be personal data.
    return refuse(line, id, 'detection failed on this text');
  }
}

function refuse(line: number, id: unknown, error: string): object {
  return { id, line, error };
}

/** The lines of a stream; undefined for one that is too long to hold. */
async function* splitLines(input: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let parts: string[] = [];
  let chars = 0;
  let tooLong = false;
  const take = (last: string): string | undefined => {
    const text = tooLong ? undefined : parts.join('') + last;
    parts = [];
    chars = 0;
    tooLong = false;
    return text;
  };
  for await (const piece of input) {
    let start = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      yield take(piece.slice(start, end));
      start = end + 1;
    }
    const rest = piece.slice(start);
    chars += rest.length;
    if (chars > LONGEST_LINE_CHARS) {
      tooLong = true;
      parts = [];
    } else if (rest !== '') parts.push(rest);
  }
  if (chars > 0) yield take('');
}
