import pg from 'pg';

/** Fields of an ErrorResponse by their letter (PostgreSQL 18 documentation, section 54.8) under the names that `pg` gives them. */
const NAMES = {
  S: 'severity',
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internalPosition',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  L: 'line',
  R: 'routine',
} as const;

/** An error as `pg` would have thrown it: its class, its fields, `instanceof` included. */
export function readServerError(bytes: Buffer, start: number, end: number): pg.DatabaseError {
  const fields: Record<string, string> = {};
  let at = start;
  while (at < end && bytes[at] !== 0) {
    const letter = String.fromCharCode(bytes[at] ?? 0);
    const close = bytes.indexOf(0, at + 1);
    fields[letter] = bytes.toString('utf8', at + 1, close);
    at = close + 1;
  }
  const error = new pg.DatabaseError(fields['M'] ?? '', end - start + 4, 'error');
  return Object.assign(
    error,
    Object.fromEntries(Object.entries(NAMES).map(([letter, name]) => [name, fields[letter]])),
  );
}
