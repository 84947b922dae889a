import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Finding,
  scan,
  type ScanEvent,
  type ScanOptions,
  type SkippedEvent,
  type SourceSpec,
} from '../../src/index.ts';

/** The fingerprint key of every test. */
export const TEST_KEY: Uint8Array = Buffer.alloc(32, 7);

/** A temporary folder with files in it. */
export interface TestFolder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

/** Makes a folder that holds `files`. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'dataguardian-test-'));
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return { path, write, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Everything a scan said. */
export interface Scanned {
  readonly events: readonly ScanEvent[];
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedEvent[];
}

/** Runs a scan to its end. */
export async function scanAll(source: SourceSpec, options: ScanOptions = {}): Promise<Scanned> {
  return collect(scan(source, { fingerprintKey: TEST_KEY, ...options }));
}

/** Gathers the events of a scan. */
export async function collect(events: AsyncIterable<ScanEvent>): Promise<Scanned> {
  const all: ScanEvent[] = [];
  for await (const event of events) all.push(event);
  return {
    events: all,
    findings: all.flatMap((event) => (event.kind === 'finding' ? [event.finding] : [])),
    skipped: all.filter((event) => event.kind === 'skipped'),
  };
}
