import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../programs/labelled-scan.ts');
const SCAN = '5e0f9c1a-7a43-4a2c-9e0e-2f1f5f6f0a01';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labelled-scan-'));
  const line = 'Jan Jansen, jan.jansen@example.org, +31 20 123 4567, NL91ABNA0417164300, and words between them. ';
  for (let file = 0; file < 4; file++) writeFileSync(join(folder, `${file}.txt`), line.repeat(4_000));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('the time of a scan’s threads is labelled with the scan, and with no other', { timeout: 120_000 }, () => {
  const output = execFileSync(process.execPath, ['--no-warnings', PROGRAM, folder, SCAN], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const seen: unknown = JSON.parse(output);
  expect(seen).toMatchObject({ scans: [SCAN], ofAnother: 0, sampleCount: expect.any(Number) });
  const { sampleCount, names } = seen as { readonly sampleCount: number; readonly names: readonly string[] };
  expect(sampleCount).toBeGreaterThan(5);
  expect(names.some((name) => name.startsWith('(thread'))).toBe(true);
});
