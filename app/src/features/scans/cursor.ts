import { badRequest } from '../../server/problem.ts';

/** Keys of the last row of a page, as an opaque text. */
export function formatCursor(keys: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/**
 * Reads a cursor of `count` keys.
 * @throws Problem CURSOR_INVALID
 */
export function parseCursor(cursor: string, count: number): readonly (string | number)[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isKey = (key: unknown): key is string | number => typeof key === 'string' || typeof key === 'number';
    if (Array.isArray(keys) && keys.length === count && keys.every(isKey)) return keys;
  } catch {
    // Falls through to the same answer.
  }
  throw badRequest('CURSOR_INVALID', 'The cursor does not belong to this list.', 'Start again without a cursor.');
}
