import { createHash } from 'node:crypto';

/** The shape of a statement: its text without literals, and a hash of that. */
export interface Fingerprint {
  readonly id: string;
  readonly statement: string;
}

const REMEMBERED_COUNT = 2_000;
const REMEMBERED_LENGTH = 2_000_000;
const remembered = new Map<string, Fingerprint>();
/** Characters of the remembered texts and shapes. */
let rememberedLength = 0;
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
  remember(text, fingerprint);
  return fingerprint;
}

/** Bounded by count and by length: a text of its own for every list of values must not fill the memory. */
function remember(text: string, fingerprint: Fingerprint): void {
  const length = text.length + fingerprint.statement.length;
  if (length > REMEMBERED_LENGTH / 10) return;
  remembered.set(text, fingerprint);
  rememberedLength += length;
  for (const [oldest, { statement }] of remembered) {
    if (remembered.size <= REMEMBERED_COUNT && rememberedLength <= REMEMBERED_LENGTH) return;
    remembered.delete(oldest);
    rememberedLength -= oldest.length + statement.length;
  }
}
