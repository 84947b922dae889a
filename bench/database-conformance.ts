// npm run bench -- database-conformance --node-postgres FOLDER --kysely FOLDER [--only pg-pool,kysely] [--ways cache] [--json FILE]
// The public test suites of pg-pool and of Kysely's PostgreSQL dialect, with our pool in the place of pg-pool's. They are
// not part of this repository: give folders with github.com/brianc/node-postgres (packages/pg-pool 3.14.0) and
// github.com/kysely-org/kysely (0.29 or later) as they were on 14 August 2026. What they need from the registry is
// installed below the temporary folder, at the versions named here.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabase } from '../packages/database/src/index.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';

const { values: given } = parseArgs({
  options: {
    'node-postgres': { type: 'string' },
    kysely: { type: 'string' },
    only: { type: 'string', default: 'pg-pool,kysely' },
    ways: { type: 'string', default: 'pg,plain,shared,cache,database' },
    json: { type: 'string', default: fileURLToPath(new URL('./results/database-conformance.json', import.meta.url)) },
    keep: { type: 'boolean', default: false },
  },
});

/** What Kysely's tests import of drivers of other databases, which are not used. */
const NOT_THERE = [
  'PGlite',
  'createConnection',
  'createPool',
  'Connection',
  'Request',
  'TYPES',
  'ISOLATION_LEVEL',
  'SqliteError',
];
/** What the tests put spies on, whatever the database. */
const WATCHED = ['beginTransaction', 'commitTransaction', 'rollbackTransaction', 'saveTransaction', 'transaction'];
/** A suite takes half a minute on an idle machine. */
const SUITE_DEADLINE_MS = 300_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES: Readonly<Record<Suite, string>> = {
  'pg-pool': 'mocha@11.7.5 expect.js@0.3.1 co@4.6.0 lodash@4.17.21 pg@8.23.1 pg-cursor@2.22.1',
  kysely:
    'mocha@11.7.5 tsx@4.21.0 chai@6.2.2 chai-as-promised@8.0.2 sinon@21.0.1 pathe@2.0.3 tarn@3.1.2 pg@8.23.1 pg-cursor@2.22.1 prototype-pollution-vulnerable-lodash.merge-dont-upgrade@npm:lodash.merge@4.6.1',
};
/** What stands for pg-pool's class: itself, ours, ours with every read shared from the first, with the query cache, and a database's own pool. */
const WAYS = {
  'pg-pool': ['pg', 'plain', 'shared', 'cache'],
  kysely: ['pg', 'plain', 'shared', 'cache', 'database'],
} as const;

type Suite = keyof typeof WAYS;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
  readonly failures: readonly string[];
}

const OURS = JSON.stringify(join(root, 'packages/database/src/index.ts'));
const TELEMETRY = JSON.stringify(join(root, 'packages/telemetry/src/index.ts'));

/** The class that the suites get, by CONFORMANCE_WAY. It publishes statements, so that observers are on. */
const CLASS = `
const way = process.env.CONFORMANCE_WAY;
if (way !== 'pg') for (const channel of [queries, poolStates]) channel.subscribe(() => undefined);
const toUrl = ({ connectionString, host, port, user, password, database }) => {
  if (connectionString) return connectionString;
  const { PGHOST, PGPORT, PGUSER, PGDATABASE } = process.env;
  const name = encodeURIComponent(user ?? PGUSER) + (password ? ':' + encodeURIComponent(password) : '');
  const at = host ?? PGHOST;
  return at.startsWith('/')
    ? 'postgresql://' + name + '@/' + (database ?? PGDATABASE) + '?host=' + encodeURIComponent(at) + '&port=' + (port ?? PGPORT)
    : 'postgresql://' + name + '@' + at + ':' + (port ?? PGPORT) + '/' + (database ?? PGDATABASE);
};
class CompatiblePool extends ours.PgCompatiblePool {
  constructor(config = {}, Client) {
    const layer = way === 'cache' ? ours.createQueryCacheLayer({ connectionString: toUrl(config), statementObservers: [] }) : undefined;
    super({ ...config, ...(layer ? { layers: [layer] } : {}), ...(way === 'plain' ? {} : { slowStatementMs: 1e9 }) }, Client);
    this.layer = layer;
  }
  async closeLayer() { await this.layer?.close(); }
  end(callback) {
    const ended = super.end(callback);
    void this.closeLayer();
    return ended;
  }
}
function databasePool(config) {
  const database = ours.createDatabase({ connectionString: toUrl(config), maxConnections: config.max ?? 10, minConnections: 0, queryCache: 'on', statementObservers: [{ asked: () => undefined, finished: () => undefined }] });
  const face = database.asPgPool();
  const end = face.end.bind(face);
  face.end = async () => { await end(); await database.close(); };
  return face;
}
const Pool = way === 'pg' ? pg.Pool : way === 'database' ? function Pool(config) { return databasePool(config); } : CompatiblePool;
`;

function extract(folder: string, paths: readonly string[], to: string): void {
  for (const path of paths) {
    const from = join(folder, path);
    if (existsSync(from)) cpSync(from, join(to, path), { recursive: true });
    // A repository without files beside it.
    else execFileSync('sh', ['-c', `git --git-dir "$1" archive HEAD "$2" | tar -x -C "$3"`, 'sh', folder, path, to]);
  }
}

function install(suite: Suite, to: string): void {
  writeFileSync(
    join(to, 'package.json'),
    JSON.stringify({ private: true, type: suite === 'kysely' ? 'module' : 'commonjs' }),
  );
  const npm = process.env['npm_execpath'];
  const [command, prefix] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const { status } = spawnSync(
    command,
    [...prefix, 'install', '--no-audit', '--no-fund', '--loglevel=error', ...PACKAGES[suite].split(' ')],
    { cwd: to, stdio: 'inherit' },
  );
  if (status !== 0) throw new Error(`the packages that ${suite} needs could not be installed`);
}

/** Not at a standstill meanwhile: Kysely's tests reach the server through a proxy of this process. */
async function runMocha(
  work: string,
  way: string,
  mochaArguments: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const report = join(work, `report-${way}.json`);
  rmSync(report, { force: true });
  const mocha = spawn(
    process.execPath,
    [
      '--no-warnings',
      ...(existsSync(join(work, 'node_modules/tsx')) ? ['--import', 'tsx'] : []),
      join(work, 'node_modules/mocha/bin/mocha.js'),
      '--exit',
      '--reporter',
      'json',
      '--reporter-option',
      `output=${report}`,
      ...mochaArguments,
    ],
    {
      cwd: work,
      env: { ...process.env, ...environment, CONFORMANCE_WAY: way },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: SUITE_DEADLINE_MS,
      killSignal: 'SIGKILL',
    },
  );
  await once(mocha, 'exit');
  if (!existsSync(report))
    return {
      passed: 0,
      failed: 1,
      pending: 0,
      failures: [`the suite did not end within ${SUITE_DEADLINE_MS / 1_000} s`],
    };
  // Written by mocha's own reporter.
  const { stats, failures } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { passes: number; failures: number; pending: number };
    failures: { fullTitle: string; err: { message?: string } }[];
  };
  return {
    passed: stats.passes,
    failed: stats.failures,
    pending: stats.pending,
    failures: failures.map(({ fullTitle, err }) => `${fullTitle}: ${(err.message ?? '').split('\n')[0] ?? ''}`),
  };
}

function preparePgPool(folder: string, work: string): readonly string[] {
  extract(folder, ['packages/pg-pool/test'], work);
  writeFileSync(
    join(work, 'packages/pg-pool/index.js'),
    `const pg = require('pg'); const ours = require(${OURS}); const { queries, poolStates } = require(${TELEMETRY});${CLASS}module.exports = Pool;`,
  );
  install('pg-pool', work);
  // One test is about the native client, which has to be built against libpq.
  return ['packages/pg-pool/test/*.js', '--timeout', '10000', '--fgrep', 'native client', '--invert'];
}

function prepareKysely(folder: string, work: string, port: number): readonly string[] {
  extract(folder, ['src', 'test/node', 'test/scripts'], work);
  cpSync(join(work, 'src'), join(work, 'dist'), { recursive: true });
  writeFileSync(
    join(work, 'shim.mjs'),
    `import pg from 'pg'; import * as ours from ${OURS}; import { queries, poolStates } from ${TELEMETRY};${CLASS}export * from 'pg'; export { Pool };`,
  );
  const methods = WATCHED.map((name) => `${name}() {}`).join(' ');
  const absent = `export default class None {}\n${NOT_THERE.map((name) => `export class ${name} { ${methods} }`).join('\n')}\n`;
  const tests = join(work, 'test/node/src');
  for (const name of readdirSync(tests).filter((file) => file.endsWith('.ts'))) {
    const text = readFileSync(join(tests, name), 'utf8')
      .replaceAll(/from 'pg'$/gm, `from '${join(work, 'shim.mjs')}'`)
      .replaceAll('port: 5434', `port: ${port}`)
      .replaceAll("host: 'localhost'", "host: '127.0.0.1'");
    writeFileSync(join(tests, name), text);
  }
  install('kysely', work);
  for (const name of ['mysql2', 'better-sqlite3', 'tedious', '@electric-sql/pglite']) {
    mkdirSync(join(work, 'node_modules', name), { recursive: true });
    writeFileSync(
      join(work, 'node_modules', name, 'package.json'),
      JSON.stringify({ name, type: 'module', main: 'index.js' }),
    );
    writeFileSync(join(work, 'node_modules', name, 'index.js'), absent);
  }
  return ['test/node/src/**/*.test.ts', '--timeout', '15000'];
}

const results: Record<string, Record<string, Outcome>> = {};
const dataDir = mkdtempSync(join(tmpdir(), 'bench-conformance-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const { searchParams, username, pathname } = new URL(server.connectionString);
const host = searchParams.get('host') ?? '';
const setup = createDatabase({ connectionString: server.connectionString, minConnections: 0 });

for (const suite of given.only.split(',') as Suite[]) {
  const folder = suite === 'pg-pool' ? given['node-postgres'] : given.kysely;
  if (folder === undefined) {
    process.stdout.write(`${suite}: give --${suite === 'pg-pool' ? 'node-postgres' : 'kysely'} FOLDER\n`);
    continue;
  }
  const work = mkdtempSync(join(tmpdir(), `conformance-${suite}-`));
  let mocha: readonly string[];
  const environment: NodeJS.ProcessEnv = {
    PGHOST: host,
    PGUSER: username,
    PGDATABASE: pathname.slice(1),
    PGPORT: '5432',
  };
  if (suite === 'kysely') {
    const { createFaultProxy } = await import('../packages/testing/src/fault-proxy.ts');
    const proxy = await createFaultProxy({ path: join(host, '.s.PGSQL.5432') });
    await setup.query("create role kysely login superuser password 'kysely'");
    await setup.query('create database kysely_test owner kysely');
    environment['DIALECTS'] = 'postgres';
    mocha = prepareKysely(folder, work, proxy.port);
  } else {
    mocha = preparePgPool(folder, work);
  }
  results[suite] = {};
  for (const way of WAYS[suite].filter((name) => given.ways.split(',').includes(name))) {
    const outcome = await runMocha(work, way, mocha, environment);
    results[suite][way] = outcome;
    process.stdout.write(
      `${suite}, ${way}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.pending} pending\n`,
    );
    for (const failure of outcome.failures.slice(0, 12)) process.stdout.write(`  ${failure}\n`);
  }
  if (given.keep) process.stdout.write(`${work}\n`);
  else rmSync(work, { recursive: true, force: true });
}
await setup.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
mkdirSync(dirname(given.json), { recursive: true });
writeFileSync(given.json, `${JSON.stringify(results, undefined, 2)}\n`);
process.exit(0);
