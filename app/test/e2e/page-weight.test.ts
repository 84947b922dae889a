import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtPages } from './world.ts';

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

const manifest = JSON.parse(readFileSync(join(builtPages, '.vite/manifest.json'), 'utf8')) as Readonly<
  Record<string, Chunk>
>;

/** A page and everything it loads before it can show, without what it fetches later. */
function withImports(keys: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) visit(next);
  };
  for (const key of keys) visit(key);
  return seen;
}

const gzipKilobytes = (file: string): number => statSync(join(builtPages, `${file}.gz`)).size / 1000;

function weigh(keys: readonly string[]): { readonly js: number; readonly css: number } {
  const chunks = [...withImports(keys)].flatMap((key) => manifest[key] ?? []);
  const styles = new Set(chunks.flatMap(({ css = [] }) => css));
  return {
    js: chunks.reduce((sum, { file }) => sum + gzipKilobytes(file), 0),
    css: [...styles].reduce((sum, file) => sum + gzipKilobytes(file), 0),
  };
}

const always = ['index.html', 'src/app.tsx', 'src/i18n/messages/nl.ts'];
const pages = Object.keys(manifest).filter((key) => /^src\/pages\/.*-page\.tsx$/.test(key));

describe('the weight of the pages, compressed', () => {
  it('is at most 100 kB of code for the sign-in page', () => {
    expect(weigh(['index.html']).js).toBeLessThanOrEqual(100);
  });

  it('covers every page of the router', () => {
    expect(pages).toHaveLength(10);
  });

  it.each(pages)('is at most 170 kB of code and 20 kB of styles for %s', (page) => {
    const { js, css } = weigh([...always, page]);
    expect(js).toBeLessThanOrEqual(170);
    expect(css).toBeLessThanOrEqual(20);
  });

  it('holds no chart library', () => {
    const names = Object.values(manifest).flatMap(({ file }) => (file.endsWith('.js') ? [file] : []));
    expect(names.filter((name) => gzipKilobytes(name) > 100)).toEqual([]);
  });
});
