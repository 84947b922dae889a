import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderErrorTables } from './error-tables.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/dist\//.test(path));
}

describe('docs/errors.md', () => {
  it('has the codes, meanings and remedies of every package (node scripts/write-docs.ts)', () => {
    expect(read('docs/errors.md')).toContain(renderErrorTables());
  });

  it('has every code of the HTTP API, and no other', () => {
    const sources = filesBelow('app/src', /\.ts$/).map((path) => readFileSync(path, 'utf8'));
    const used = new Set(
      sources.flatMap((text) =>
        // A code is a problem's, an argument of its makers, or spelled out in SQL that records a failure.
        [
          ...text.matchAll(
            /(?:code: |readonly code = |(?:badRequest|conflict|refused)\(\s*)'([A-Z][A-Z_]+)'|'code', '([A-Z_]+)'/g,
          ),
        ].map(([, code, recorded]) => code ?? recorded ?? ''),
      ),
    );
    const packages = renderErrorTables();
    const own = [...used].filter((code) => !packages.includes(`\`${code}\``)).toSorted();
    const section = read('docs/errors.md').split('<!-- tables -->')[0] ?? '';
    const documented = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code ?? '').toSorted();
    expect(documented).toEqual(own);
  });
});

describe('docs/options.md', () => {
  it('has every environment variable that the configuration reads, and no other', () => {
    const names = [...read('app/src/config.ts').matchAll(/(?:text|url|whole)\('([A-Z_]+)'/g)].map(
      ([, name]) => name ?? '',
    );
    const documented = [...read('docs/options.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name ?? '');
    expect(documented.toSorted()).toEqual([...new Set(names)].toSorted());
  });
});

describe('the README', () => {
  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('README.md').matchAll(/npm (?:run )?(start|test|[a-z:]+)(?= |$|\n|`)/gm)].map(
      ([, name]) => name ?? '',
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !(name in scripts) && name !== 'ci' && name !== 'install')).toEqual([]);
  });
});

describe('every document', () => {
  const documents = [...filesBelow('docs', /\.md$/), ...filesBelow('packages', /README\.md$/), join(root, 'README.md')];

  it('links only to files that exist', () => {
    const broken = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !existsSync(join(dirname(path), target)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
