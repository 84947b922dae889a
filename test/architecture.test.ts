import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Which packages each may import: docs/architecture.md draws it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  telemetry: [],
  resilience: ['telemetry'],
  'embedded-postgres': ['telemetry'],
  cache: ['telemetry', 'resilience'],
  database: ['telemetry', 'resilience'],
  sessions: ['telemetry', 'resilience'],
  scanner: ['telemetry', 'resilience'],
  profiler: ['telemetry'],
  advisor: ['telemetry', 'profiler'],
  dashboard: ['telemetry', 'profiler', 'advisor'],
  performance: ['telemetry', 'resilience', 'cache', 'database', 'sessions', 'profiler', 'advisor', 'dashboard'],
  testing: ['telemetry', 'embedded-postgres'],
  app: ['performance', 'scanner', 'telemetry', 'embedded-postgres'],
};

/** Time and chance come from the outside: only these source files may touch the originals. */
const MAY_TELL_TIME = ['packages/telemetry/src/clock.ts', 'packages/testing/'];

const MOST_LINES = 400;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/dist\//.test(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

function sourcesOf(name: string): SourceFile[] {
  return filesBelow(name === 'app' ? 'app/src' : `packages/${name}/src`);
}

function importsOf({ text }: SourceFile): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier ?? '');
}

describe.each(Object.entries(ALLOWED))('%s', (name, allowed) => {
  it('imports only the packages of the layers below', () => {
    const wrong = sourcesOf(name).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('@dataguardian/'))
        .filter((specifier) => !allowed.some((other) => specifier === `@dataguardian/${other}`))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches no other package by a path', () => {
    const home = name === 'app' ? 'app/' : `packages/${name}/`;
    const wrong = sourcesOf(name).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => !join(file.path, '..', specifier).startsWith(home))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

const everySource = (): SourceFile[] => Object.keys(ALLOWED).flatMap(sourcesOf);

describe('every source file', () => {
  it('takes time and chance from the outside', () => {
    const wrong = everySource()
      .filter(({ path }) => !MAY_TELL_TIME.some((allowed) => path.startsWith(allowed)))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
          .filter(({ line }) =>
            /\bDate\.now\(|\bMath\.random\(|\bset(?:Timeout|Interval)\(|\bperformance\.now\(/.test(line),
          )
          .filter(({ line }) => !/^\s*(?:\*|\/\/)/.test(line))
          .map(({ at }) => at),
      );
    expect(wrong).toEqual([]);
  });

  it(`is at most ${MOST_LINES} lines long`, () => {
    const wrong = everySource()
      .map(({ path, text }) => ({ path, lineCount: text.split('\n').length }))
      .filter(({ path, lineCount }) => lineCount > MOST_LINES && !path.includes('/data/'))
      .map(({ path, lineCount }) => `${path}: ${lineCount}`);
    expect(wrong).toEqual([]);
  });

  it('has a name from the field, not a drawer for leftovers', () => {
    const wrong = everySource()
      .map(({ path }) => path)
      .filter((path) => /(?:^|\/)(?:utils?|helpers?|common|core|shared|misc)(?:\.tsx?$|\/)/.test(path));
    expect(wrong).toEqual([]);
  });

  it('uses no `any` and no default export', () => {
    const wrong = everySource()
      .filter(({ text }) =>
        /:\s*any\b|\bas any\b|<any>|^export default/m.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; version?: string }>;
  };

  it('names no host, so that any registry serves it', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
  });

  it('has every platform of every optional dependency, so that `npm ci` accepts it', () => {
    // A native accelerator that msgpackr does without; npm ci accepts its absence because its parent is optional too.
    const parents = Object.entries(lock.packages).filter(([path]) => !path.endsWith('/msgpackr-extract'));
    const missing = parents.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !Object.keys(lock.packages).some((other) => other.endsWith(`node_modules/${name}`)))
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
