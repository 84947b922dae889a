import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSourceReader } from '../src/server/source-reader.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'));
  for (const below of ['app/src', 'app/node_modules/x', 'app/.git'])
    mkdirSync(join(folder, below), { recursive: true });
  writeFileSync(join(folder, 'outside.ts'), 'secret');
  writeFileSync(join(folder, 'app/src/a.ts'), 'const a = 1;');
  writeFileSync(join(folder, 'app/src/keys.json'), '{}');
  writeFileSync(join(folder, 'app/node_modules/x/i.js'), 'x');
  writeFileSync(join(folder, 'app/.git/h.ts'), 'x');
  symlinkSync(join(folder, 'outside.ts'), join(folder, 'app/src/link.ts'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads source files of the program', () => {
  expect(createSourceReader(join(folder, 'app'))('src/a.ts')).toBe('const a = 1;');
});

it.each([
  '../outside.ts',
  'src/link.ts',
  'src/keys.json',
  'node_modules/x/i.js',
  '.git/h.ts',
  'src/none.ts',
  '/etc/passwd',
])('reads nothing else: %s', (file) => {
  expect(createSourceReader(join(folder, 'app'))(file)).toBeUndefined();
});
