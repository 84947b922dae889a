import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const cells = [
  ...read('docs/modules/resilience.md').matchAll(/^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \| ([^|]+) \|$/gm),
].map(([, part = '', situation = '', file = '', title = '']) => ({ part, situation, file, title }));

describe('the table of faults in docs/modules/resilience.md', () => {
  it.each(cells)('names a test that exists: $part, $situation', ({ file, title }) => {
    expect(read(file)).toContain(title);
  });

  it('leaves out no part of the table in docs/operations.md', () => {
    const section = read('docs/operations.md').split('## When a part is missing or dies')[1]?.split('\n## ')[0] ?? '';
    const parts = [...section.matchAll(/^\| (?!part)([A-Za-z][^|]+) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.replace(/^(?:a |yours$|embedded$)/, '')),
    );
    const named = new Set(cells.map(({ part }) => part));
    expect(parts.filter((part) => part !== '' && !named.has(part.trim()))).toEqual([]);
    expect(cells.length).toBeGreaterThan(20);
  });
});
