import { readFileSync, writeFileSync } from 'node:fs';
import type { Finding } from '@dataguardian/scanner';

/** Findings that are known and need no report. */
export interface Baseline {
  has(finding: Finding): boolean;
}

/** One known finding: what, and where. */
interface BaselineEntry {
  readonly fingerprint: string;
  readonly type: string;
  readonly item: string;
}

interface BaselineFile {
  readonly version: 1;
  /** Names the key the fingerprints were made with. */
  readonly keyId: string;
  readonly findings: readonly BaselineEntry[];
}

/** Reads a baseline. @throws Error saying what is wrong with the file. */
export function readBaseline(file: string, keyId: string): Baseline {
  const content = parse(file);
  if (content.keyId !== keyId)
    throw new Error(
      `The baseline ${file} was written with another fingerprint key. ` +
        'Set DATAGUARDIAN_SECRET to the value used then, or write it anew with --write-baseline.',
    );
  const known = new Set(content.findings.map((entry) => toKey(entry.fingerprint, entry.item)));
  return { has: (finding) => known.has(toKey(finding.fingerprint, finding.location.item)) };
}

/** Writes the findings as a baseline, sorted, each place once, so that it can be kept under version control. */
export function writeBaseline(file: string, keyId: string, findings: Iterable<BaselineEntry>): number {
  const entries = new Map<string, BaselineEntry>();
  for (const { fingerprint, type, item } of findings)
    entries.set(toKey(fingerprint, item), { fingerprint, type, item });
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  const content: BaselineFile = { version: 1, keyId, findings: sorted };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return sorted.length;
}

/** The part of a finding that a baseline keeps. */
export function toBaselineEntry(finding: Finding): BaselineEntry {
  return { fingerprint: finding.fingerprint, type: finding.type, item: finding.location.item };
}

function toKey(fingerprint: string, item: string): string {
  return `${item}\0${fingerprint}`;
}

function parse(file: string): BaselineFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The baseline ${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  const isBaseline =
    typeof content === 'object' &&
    content !== null &&
    'version' in content &&
    content.version === 1 &&
    'keyId' in content &&
    'findings' in content &&
    Array.isArray(content.findings);
  if (!isBaseline) throw new Error(`${file} is not a baseline of this program. Write one with --write-baseline.`);
  return content as BaselineFile;
}
