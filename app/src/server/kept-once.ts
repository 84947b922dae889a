import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A file that is kept for good no longer holds what was put into it; the hint says what deleting it costs. */
export class KeptFileError extends Error {
  readonly code = 'KEPT_FILE_DAMAGED';
  readonly hint: string;

  constructor(file: string, bytes: number, shortest: number, hint: string) {
    super(`${file} is damaged: ${bytes} bytes, where ${shortest} or more were written. ${hint}`);
    this.name = 'KeptFileError';
    this.hint = hint;
  }
}

/** What is kept: how it is made, how long it is at least (bytes), and what to do when it is found shorter. */
export interface KeptContent {
  readonly make: () => string | Uint8Array;
  readonly shortest: number;
  readonly whenDamaged: string;
}

/**
 * Reads a file that is made once and kept for good, of mode 0600.
 *
 * The file appears under its name in one step, whole: processes that start in the same moment all read what the first
 * of them made, and one that dies while writing leaves nothing that others would take for the content.
 * @throws KeptFileError when the file is shorter than anything that was put into it.
 */
export function keptOnce(file: string, content: KeptContent): Buffer {
  const kept = readIfThere(file) ?? makeOnce(file, content.make());
  if (kept.length < content.shortest) throw new KeptFileError(file, kept.length, content.shortest, content.whenDamaged);
  return kept;
}

function makeOnce(file: string, content: string | Uint8Array): Buffer {
  const draft = `${file}.${randomUUID()}.draft`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
