/** Lines of a function, from 1, both included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

interface Block {
  readonly from: number;
}

const LONGEST_HEADER = 400;

/**
 * The innermost function around a line, by its braces. `undefined` when there is none, or the braces do not balance.
 * Reads JavaScript and TypeScript as far as it takes to tell code from strings, comments and regular expressions.
 */
export function enclosingFunction(source: string, line: number): LineRange | undefined {
  const code = blankOut(source);
  const open: (Block | undefined)[] = [];
  let found: LineRange | undefined;
  let lineNow = 1;
  let statement = 0;
  for (let index = 0; index < code.length; index++) {
    const character = code[index];
    if (character === '\n') lineNow += 1;
    else if (character === ';') statement = index + 1;
    else if (character === '{') {
      const header = code.slice(Math.max(statement, index - LONGEST_HEADER), index);
      const blankLines = /^\s*/.exec(header)?.[0].split('\n').length ?? 1;
      const from = lineNow - header.split('\n').length + blankLines;
      open.push(isFunctionHeader(header) ? { from } : undefined);
      statement = index + 1;
    } else if (character === '}') {
      if (open.length === 0) return undefined;
      const block = open.pop();
      statement = index + 1;
      // Inner blocks close first: the first that holds the line is the innermost.
      if (found === undefined && block !== undefined && block.from <= line && lineNow >= line)
        found = { from: block.from, to: lineNow };
    }
  }
  return open.length === 0 ? found : undefined;
}

/** Whether a brace after this text opens a function: an arrow, or parameters that belong to no control statement. */
function isFunctionHeader(header: string): boolean {
  if (/=>\s*$/.test(header)) return true;
  const end = /\)\s*(?::[^;{}()]*)?$/.exec(header)?.index;
  if (end === undefined) return false;
  let depth = 0;
  for (let index = end; index >= 0; index--) {
    if (header[index] === ')') depth += 1;
    else if (header[index] === '(') depth -= 1;
    if (depth === 0) return !/\b(?:if|for|while|switch|catch|with|await)\s*$/.test(header.slice(0, index));
  }
  return false;
}

/** The source with the insides of strings, comments and regular expressions as blanks; lines stay where they are. */
function blankOut(source: string): string {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');
  return source.replaceAll(TOKENS, (token, ...groups) => {
    // A slash after a value divides; the group holds what stands before a regular expression.
    const before: unknown = groups[0];
    return typeof before === 'string' ? before + blank(token.slice(before.length)) : blank(token);
  });
}

const TOKENS =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|(^|[=(,:[!&|?{};\n]\s*|\breturn\s+)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
