import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'dataguardian-packages-'));
const PATIENCE_MS = 180_000;
let postgres: TestPostgres;

/** What each package depends on of ours, with itself. */
const CLOSURE: Readonly<Record<string, readonly string[]>> = {
  cache: ['cache', 'resilience', 'telemetry'],
  database: ['database', 'resilience', 'telemetry'],
  sessions: ['sessions', 'resilience', 'telemetry'],
  scanner: ['scanner', 'telemetry'],
  profiler: ['profiler', 'telemetry'],
  advisor: ['advisor', 'profiler', 'telemetry'],
  dashboard: ['dashboard', 'advisor', 'profiler', 'telemetry'],
  performance: [
    'performance',
    'advisor',
    'cache',
    'dashboard',
    'database',
    'profiler',
    'resilience',
    'sessions',
    'telemetry',
  ],
};

/** A service of somebody else's, outside of the repository, that installs what was packed and nothing besides. */
async function serviceWith(name: string, others: readonly string[] = []): Promise<string> {
  const service = join(folder, name);
  mkdirSync(service);
  writeFileSync(join(service, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  const tarballs = (CLOSURE[name] ?? []).map((part) => {
    const file = readdirSync(join(folder, 'artifacts')).find((entry) => entry.startsWith(`dataguardian-${part}-`));
    return join(folder, 'artifacts', file ?? `${part} was not packed`);
  });
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs, ...others], {
    cwd: service,
  });
  return service;
}

beforeAll(async () => {
  postgres = await postgresForTest();
  await run(process.execPath, [join(root, 'scripts', 'pack-packages.mjs'), join(folder, 'artifacts')], { cwd: root });
}, PATIENCE_MS);

afterAll(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a service that installs one package alone', () => {
  it.each<[string, unknown, (readonly string[])?]>([
    ['cache', { answers: [1, 1], loads: 1 }],
    ['database', { rows: [{ one: 1 }], cacheable: false, code: 'stable-function', pooled: [{ two: 2 }] }],
    ['sessions', { userId: 'anna', sized: true }, ['pg']],
    ['scanner', { types: ['EMAIL'] }],
    ['profiler', { answer: 42, status: 'up' }],
    ['advisor', { recommendations: [] }],
    ['dashboard', { admitted: 200, isPage: true, refused: 404 }],
    ['performance', { rows: [{ one: 1 }], hasMetrics: true, parts: ['cache', 'database', 'profiler', 'sessions'] }],
  ])(
    'works with %s, in JavaScript',
    async (name, expected, others) => {
      const service = await serviceWith(name, others);
      cpSync(join(import.meta.dirname, 'consumers', `${name}.mjs`), join(service, 'main.mjs'));
      const { stdout } = await run(process.execPath, ['main.mjs'], {
        cwd: service,
        env: { PATH: process.env['PATH'], DATABASE_URL: postgres.url },
      });
      expect(JSON.parse(stdout)).toEqual(expected);
    },
    PATIENCE_MS,
  );

  it.each([
    ['performance', 'types.ts', { skipLibCheck: true }],
    // Those of `pg` come with it, and nothing in its declarations is missing.
    ['database', 'pool-types.ts', { skipLibCheck: false }],
  ])(
    'has types that a strict compiler accepts: %s',
    async (name, program, { skipLibCheck }) => {
      const service = join(folder, name);
      cpSync(join(import.meta.dirname, 'consumers', program), join(service, program));
      writeFileSync(
        join(service, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            strict: true,
            module: 'nodenext',
            target: 'es2024',
            lib: ['es2024', 'esnext.disposable'],
            noEmit: true,
            skipLibCheck,
            types: ['node'],
          },
          files: [program],
        }),
      );
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout } = await run(process.execPath, [compiler, '-p', service]).catch(
        (error: { readonly stdout: string }) => error,
      );
      expect(stdout).toBe('');
    },
    PATIENCE_MS,
  );
});
