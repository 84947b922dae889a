import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ScannerError, scannerErrors, skipCodes } from '../../src/index.ts';

const page = readFileSync(new URL('../../../../docs/modules/scanner.md', import.meta.url), 'utf8');

describe('errors', () => {
  it('say what happened, about what, and carry advice', () => {
    const error = new ScannerError('SCANNER_PATH_NOT_FOUND', '/nowhere');
    expect(error.message).toBe('The path does not exist: /nowhere');
    expect(error.hint).toBe(scannerErrors.SCANNER_PATH_NOT_FOUND.hint);
  });

  it('and skip codes are all explained in the module page, and no other', () => {
    const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1] ?? '').toSorted();
    expect(listed).toEqual([...Object.keys(scannerErrors), ...Object.keys(skipCodes)].toSorted());
  });
});
