// npm run bench -- sessions-conformance --sources FOLDER [--json FILE]
// Runs the tests of express-session with its MemoryStore replaced by ours: over memory, Redis and PostgreSQL. FOLDER holds
// the public sources of express-session (github.com/expressjs/session, v1.19.0), of which nothing is kept.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { expressSessionsMigrationSql } from '../packages/sessions/src/index.ts';
import { ownPostgresForTest, redisForTest } from '../packages/testing/src/index.ts';

const { values } = parseArgs({ options: { sources: { type: 'string' }, json: { type: 'string' } } });
if (values.sources === undefined || !existsSync(join(values.sources, 'session/memory.js'))) {
  process.stderr.write(
    'Give the folder with the sources of express-session:\n' +
      '  git clone --depth 1 --branch v1.19.0 https://github.com/expressjs/session /tmp/express-session\n' +
      '  npm run bench -- sessions-conformance --sources /tmp/express-session\n',
  );
  process.exit(2);
}

/** What its tests need; linters and coverage are left out. */
const NEEDED = ['after', 'cookie-parser', 'express', 'mocha', 'supertest'];
const MOCHA =
  '--no-warnings node_modules/mocha/bin/mocha.js --require test/support/env --check-leaks --exit --reporter json --reporter-option'.split(
    ' ',
  );
const STORES = ['memory', 'redis', 'postgres'] as const;

const folder = mkdtempSync(join(tmpdir(), 'express-session-'));
const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
const results: Record<string, { readonly passed: number; readonly failed: number; readonly failures: string[] }> = {};
let version = '';
try {
  cpSync(resolve(values.sources), folder, { recursive: true });
  const description: { version: string; devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  ({ version } = description);
  const devDependencies = Object.fromEntries(NEEDED.map((name) => [name, description.devDependencies[name]]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...description, devDependencies }));
  const npm = process.env['npm_execpath'];
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  execFileSync(command, [...first, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  execFileSync('sh', ['test/support/gencert.sh'], { cwd: folder, stdio: 'ignore' });
  const ours = fileURLToPath(new URL('sessions-conformance-store.ts', import.meta.url));
  writeFileSync(
    join(folder, 'session/memory.js'),
    `module.exports = require(${JSON.stringify(ours)}).createStoreClass(require('./store'))\n`,
  );

  const postgres = await ownPostgresForTest();
  closing.push(() => postgres.stop());
  const pool = new Pool({ connectionString: postgres.connectionString, max: 1 });
  await pool.query('create role dataguardian_app');
  await pool.query(expressSessionsMigrationSql);
  await pool.end();
  const redis = await redisForTest();
  closing.push(() => redis.close());

  for (const store of STORES) {
    const report = join(folder, `${store}.json`);
    const { stderr } = spawnSync(process.execPath, [...MOCHA, `output=${report}`, 'test/'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        CONFORMANCE_STORE: store,
        CONFORMANCE_REDIS_URL: redis.url,
        CONFORMANCE_POSTGRES_URL: postgres.connectionString,
      },
    });
    if (!existsSync(report)) throw new Error(`mocha gave no report for ${store}:\n${stderr}`);
    const { stats, failures }: { stats: { passes: number; failures: number }; failures: { fullTitle: string }[] } =
      JSON.parse(readFileSync(report, 'utf8'));
    results[store] = {
      passed: stats.passes,
      failed: stats.failures,
      failures: failures.map(({ fullTitle }) => fullTitle),
    };
  }
} finally {
  for (const close of closing.toReversed()) await close();
}
const result = { expressSession: version, node: process.version, results };
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
if (Object.values(results).some(({ failed }) => failed > 0)) process.exitCode = 1;
