import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDetection } from '../../src/detection/detection.ts';

/** Packages that every checkout has and whose code and documentation hold no personal data but their authors'. */
const PACKAGES = [
  'fastify',
  'zod',
  'htmlparser2',
  'saxes',
  'pg',
  'undici',
  'fflate',
  'typescript',
  'tar-stream',
  'pino',
];
const LARGEST_FILE_BYTES = 500_000;
const BYTES_PER_PACKAGE = 1_000_000;

/** Findings that are mistakes here; names, addresses and links of authors are really in these files. */
const MISTAKES =
  /^(?:BSN|IBAN|CARD|PHONE|KVK|AGB|BIG|UZI|BTW_NL|VAT_\w+|PASSPORT_\w+|ID_\w+|DRIVING_LICENCE_NL|PLATE_NL|BANK_NL|[A-Z]{2}_\w+|SECRET_\w+|WALLET_\w+|MAC)$/;

function* textFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'test' && entry.name !== 'node_modules') yield* textFiles(path);
    } else if (/\.(?:[cm]?js|d\.ts|md|json)$/.test(entry.name) && statSync(path).size <= LARGEST_FILE_BYTES) yield path;
  }
}

function folderOf(name: string): string | undefined {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name)).find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
}

describe('clean code and documentation', () => {
  it('yields at most one false identifier or secret per megabyte', { timeout: 120_000 }, () => {
    const detection = createDetection();
    let bytes = 0;
    const mistakes: string[] = [];
    for (const name of PACKAGES) {
      const folder = folderOf(name);
      expect(folder).toBeDefined();
      let ofPackage = 0;
      for (const path of textFiles(folder ?? dirname(name))) {
        if (ofPackage > BYTES_PER_PACKAGE) break;
        const text = readFileSync(path, 'utf8');
        bytes += text.length;
        ofPackage += text.length;
        for (const finding of detection.detect(text, { path })) {
          if (MISTAKES.test(finding.type))
            mistakes.push(`${finding.type} ${path}: ${text.slice(finding.start, finding.end).slice(0, 60)}`);
        }
      }
    }
    expect(bytes).toBeGreaterThan(3_000_000);
    expect(mistakes.length / (bytes / 1e6)).toBeLessThanOrEqual(1);
  });
});
