import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { EndCondition } from './session-table.ts';

/** Sign-outs that the database has not heard of, on disk: a restart must not bring the sessions back. */
export interface EndJournal {
  /** What a former process left. A line that was cut off in the middle is left out. */
  read(): readonly EndCondition[];
  /** Is on disk when it returns. */
  append(condition: EndCondition): void;
  /** Replaces everything by what is still due. */
  rewrite(conditions: readonly EndCondition[]): void;
}

const FILE = 'session-ends.jsonl';

/** A journal in `folder`; without one, sign-outs that wait for the database end with the process. */
export function createEndJournal(folder: string | undefined): EndJournal {
  if (folder === undefined) return { read: () => [], append: () => undefined, rewrite: () => undefined };
  const path = join(folder, FILE);
  const write = (file: string, flags: 'a' | 'w', lines: readonly EndCondition[]): void => {
    mkdirSync(folder, { recursive: true });
    const descriptor = openSync(file, flags, 0o600);
    try {
      for (const line of lines) writeSync(descriptor, `${JSON.stringify(line)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
  return {
    read() {
      try {
        return readFileSync(path, 'utf8').split('\n').flatMap(toCondition);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
    append: (condition) => write(path, 'a', [condition]),
    rewrite(conditions) {
      write(`${path}.next`, 'w', conditions);
      renameSync(`${path}.next`, path);
    },
  };
}

const KINDS = new Set(['handle', 'user', 'organisation', 'all']);

function toCondition(line: string): EndCondition[] {
  try {
    const read: unknown = JSON.parse(line);
    const kind: unknown = typeof read === 'object' && read !== null && 'kind' in read ? read.kind : undefined;
    // Written by this module.
    return KINDS.has(String(kind)) ? [read as EndCondition] : [];
  } catch {
    return [];
  }
}
