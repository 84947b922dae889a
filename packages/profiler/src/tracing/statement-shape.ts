import { createHash } from 'node:crypto';

/** A statement without its values, and a short hash of that. */
export interface StatementShape {
  readonly statement: string;
  readonly fingerprint: string;
}

const MOST_REMEMBERED = 1_000;
/** Longer texts are generated ones, which differ each time. */
const LONGEST_REMEMBERED = 10_000;
const COMMENT = /--[^\n]*|\/\*[\s\S]*?\*\//g;
/** Strings (plain, escaped, dollar-quoted) and numbers that are no part of a name or parameter. */
const VALUE =
  /\be'(?:[^'\\]|''|\\[\s\S])*'|\b(?:u&|[bxn])?'(?:[^']|'')*'|'(?:[^']|'')*'|(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1|(?<![\w$."])\d+(?:\.\d*)?(?:e[+-]?\d+)?\b/gi;

/** Shapes of statements whose driver tells no shape; remembers the latest texts. */
export function createStatementShapes(): (text: string) => StatementShape {
  const known = new Map<string, StatementShape>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const statement = text.replaceAll(COMMENT, ' ').replaceAll(VALUE, '?').replaceAll(/\s+/g, ' ').trim();
    const fingerprint = createHash('sha256').update(statement).digest('hex').slice(0, 16);
    const shape = { statement, fingerprint };
    if (known.size >= MOST_REMEMBERED) known.clear();
    if (text.length <= LONGEST_REMEMBERED) known.set(text, shape);
    return shape;
  };
}
