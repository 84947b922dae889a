import { createHash } from 'node:crypto';

/** The shape of a statement: its text without literals, and a hash of that. */
export interface Fingerprint {
  readonly id: string;
  readonly statement: string;
}

const REMEMBERED = 2_000;
const remembered = new Map<string, Fingerprint>();
const LITERALS = /'(?:[^']|'')*'|\$\w*\$[\s\S]*?\$\w*\$|\b\d+(?:\.\d+)?\b/g;

/** Replaces literals by `?` and folds white space; remembers the latest texts. */
export function toFingerprint(text: string): Fingerprint {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const statement = text
    .replaceAll(/\$\d+/g, (parameter) => parameter.replace('$', '\u0000'))
    .replaceAll(LITERALS, '?')
    .replaceAll('\u0000', '$')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const fingerprint = { id: createHash('sha256').update(statement).digest('hex').slice(0, 16), statement };
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(text, fingerprint);
  return fingerprint;
}
