import { createHash } from 'node:crypto';

/** The shape of a statement: its text without literals, and a hash of that. */
export interface Fingerprint {
  readonly id: string;
  readonly statement: string;
}

const REMEMBERED = 2_000;
const remembered = new Map<string, Fingerprint>();
/** A comment, a literal of any of the four forms of PostgreSQL 18 section 4.1.2, or a number outside names and parameters. */
const LITERALS =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\be'(?:[^'\\]|''|\\[\s\S])*'|(?:\b(?:u&|[bxn]))?'(?:[^']|'')*'|(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1|(?<![\w$."])\d+(?:\.\d*)?(?:e[+-]?\d+)?\b/gi;
/** Lists of values: how many there are does not change the shape. */
const LISTS = /\((?:\s*(?:\?|\$\d+)\s*,)+\s*(?:\?|\$\d+)\s*\)/g;

/** Replaces literals by `?`, lists of values by `(…)`, drops comments and folds white space; remembers the latest texts. */
export function toFingerprint(text: string): Fingerprint {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const statement = text
    .replaceAll(LITERALS, (literal) => (/^(?:--|\/\*)/.test(literal) ? ' ' : '?'))
    .replaceAll(LISTS, '(…)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const fingerprint = { id: createHash('sha256').update(statement).digest('hex').slice(0, 16), statement };
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(text, fingerprint);
  return fingerprint;
}
