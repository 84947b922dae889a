// npm run bench -- database-ecosystem [--only drizzle,typeorm] [--variants database] [--folder FOLDER] [--json FILE]
// Puts our pools in the place of `pg.Pool` under the libraries that stand on one, as an outsider would: the packages are
// packed and installed in an empty folder beside the libraries, at the versions named here, and everything that was seen
// is compared with what the same program sees of `pg.Pool`. A folder that is given is kept, installation included.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    variants: { type: 'string', default: 'class,class-cached,database,database-cached' },
    folder: { type: 'string' },
    pg: { type: 'string', default: '8.23.1' },
    json: { type: 'string', default: fileURLToPath(new URL('./results/database-ecosystem.json', import.meta.url)) },
  },
});

/** File of each scenario, and what it is about. */
const SCENARIOS: Readonly<Record<string, { readonly file: string; readonly about: string }>> = {
  answers: { file: 'answers', about: 'values, rows, type parsers' },
  asking: { file: 'asking', about: 'forms of `query`' },
  mistakes: { file: 'mistakes', about: 'errors, lost and cancelled sessions' },
  clients: { file: 'clients', about: 'lent clients; pg-cursor, pg-query-stream, pg-copy-streams' },
  freshness: { file: 'freshness', about: 'reads after writes, schema changes, settings' },
  pools: { file: 'pools', about: 'counts, events, options, end' },
  kyselyOn: { file: 'query-builders', about: 'kysely' },
  drizzle: { file: 'query-builders', about: 'drizzle-orm' },
  prismaAdapter: { file: 'query-builders', about: '@prisma/adapter-pg, driven without its engine' },
  typeorm: { file: 'mappers', about: 'typeorm' },
  mikroOrm: { file: 'mappers', about: '@mikro-orm/postgresql' },
  pgBoss: { file: 'services', about: 'pg-boss' },
  graphileWorker: { file: 'services', about: 'graphile-worker' },
  connectPgSimple: { file: 'services', about: 'connect-pg-simple, express-session' },
  rateLimiterFlexible: { file: 'services', about: 'rate-limiter-flexible' },
  fastifyPostgres: { file: 'services', about: '@fastify/postgres' },
  nodePgMigrate: { file: 'migrations', about: 'node-pg-migrate' },
  umzugOn: { file: 'migrations', about: 'umzug' },
  pgFormat: { file: 'migrations', about: 'pg-format' },
  claims: { file: 'migrations', about: 'row-level security by `set_config`, as PostGraphile has it' },
  strangers: { file: 'migrations', about: 'knex, sequelize, pg-promise, pg-listen beside the pool' },
};

const LIBRARIES = [
  `pg@${given.pg}`,
  ...'@fastify/postgres@6.1.0 @mikro-orm/core@7.2.5 @mikro-orm/postgresql@7.2.5 @mikro-orm/sql@7.2.5 @prisma/adapter-pg@7.10.1'.split(
    ' ',
  ),
  ...'connect-pg-simple@10.0.0 drizzle-orm@0.45.4 express@5.3.0 express-session@1.19.0 fastify@5.12.8 graphile-worker@0.18.0'.split(
    ' ',
  ),
  ...'knex@3.3.0 kysely@0.29.9 node-pg-migrate@9.0.0 pg-boss@12.38.0 pg-copy-streams@7.0.0 pg-cursor@2.22.1 pg-format@1.0.4'.split(
    ' ',
  ),
  ...'pg-listen@1.7.0 pg-promise@12.7.1 pg-query-stream@4.17.0 rate-limiter-flexible@11.4.0 reflect-metadata@0.2.2'.split(
    ' ',
  ),
  ...'sequelize@6.37.8 typeorm@1.1.1 umzug@3.8.3'.split(' '),
];

/** What differs and is meant to, by scenario and label: why. */
const MEANT: Readonly<Record<string, string>> = {
  'mistakes: error: too many values': 'the message names our prepared statement',
  'mistakes: error: too few values': 'the message names our prepared statement',
  'pools: events': 'a failed query does not cost the client; clients go in another order',
  'pools: instance': 'a database has a lifetime for its connections',
};

const LONGEST_RUN_MS = 60_000;
const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** What one scenario saw of one pool. */
interface Sight {
  readonly seen: Readonly<Record<string, string>>;
  /** Answers from memory. */
  readonly hits: number;
}

interface Comparison {
  readonly same: number;
  readonly meant: readonly string[];
  readonly different: readonly string[];
  readonly hits: number;
}

function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(new URL('ecosystem', import.meta.url), folder, { recursive: true });
  const artifacts = join(folder, 'artifacts');
  execFileSync(process.execPath, [join(root, 'scripts/pack-packages.mjs'), artifacts], { cwd: root });
  const ours = readdirSync(artifacts)
    .filter((name) => /^dataguardian-(?:database|resilience|telemetry)-/.test(name))
    .map((name) => join(artifacts, name));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const npm = process.env['npm_execpath'];
  const [command, prefix] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  execFileSync(command, [...prefix, 'install', ...options, ...LIBRARIES, ...ours], { cwd: folder, stdio: 'inherit' });
}

/** In a process and a database of its own. */
async function look(folder: string, name: string, variant: string): Promise<Sight> {
  const admin = new pg.Client({ connectionString: server.connectionString });
  await admin.connect();
  await admin.query('drop database if exists ecosystem with (force)');
  await admin.query('create database ecosystem');
  await admin.end();
  const connectionString = server.connectionString.replace(/\/dataguardian(?=\?|$)/, '/ecosystem');
  const file = SCENARIOS[name]?.file ?? '';
  const { stdout } = await run(process.execPath, ['--no-warnings', 'run.mjs', file, name, variant], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: connectionString },
    timeout: LONGEST_RUN_MS,
    maxBuffer: 2 ** 28,
  }).catch((error: { readonly stdout?: string; readonly killed?: boolean; readonly message: string }) => {
    const text = error.stdout === undefined || error.stdout === '' ? '{"seen":{},"hits":0}' : error.stdout;
    // Written by `run.mjs`.
    const sight = JSON.parse(text) as Sight;
    const end = error.killed === true ? 'the process did not end' : error.message;
    return { stdout: JSON.stringify({ ...sight, seen: { ...sight.seen, end } }) };
  });
  return JSON.parse(stdout) as Sight;
}

function compare(name: string, theirs: Sight, ours: Sight): Comparison {
  const labels = [...new Set([...Object.keys(theirs.seen), ...Object.keys(ours.seen)])];
  const differing = labels.filter((label) => theirs.seen[label] !== ours.seen[label]);
  const meant = differing.filter((label) => MEANT[`${name}: ${label}`] !== undefined);
  const different = differing.filter((label) => !meant.includes(label));
  for (const label of different) {
    const [one = 'nothing', other = 'nothing'] = [theirs.seen[label], ours.seen[label]];
    let at = 0;
    while (at < one.length && one[at] === other[at]) at += 1;
    const from = Math.max(0, at - 80);
    process.stdout.write(
      `  ${label}\n    pg.Pool  ${one.slice(from, from + 400)}\n    ours     ${other.slice(from, from + 400)}\n`,
    );
  }
  return { same: labels.length - differing.length, meant, different, hits: ours.hits };
}

const folder =
  given.folder === undefined ? mkdtempSync(join(tmpdir(), 'dataguardian-ecosystem-')) : resolve(given.folder);
if (existsSync(join(folder, 'node_modules')))
  cpSync(new URL('ecosystem', import.meta.url), folder, { recursive: true });
else prepare(folder);
const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-ecosystem-pg-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const variants = given.variants.split(',');
const results: Record<string, Record<string, Comparison>> = {};
let differences = 0;
for (const name of given.only?.split(',') ?? Object.keys(SCENARIOS)) {
  const theirs = await look(folder, name, 'pg');
  const row: Record<string, Comparison> = {};
  if ('failed' in theirs.seen) process.stdout.write(`${name} fails with pg.Pool: ${theirs.seen['failed']}\n`);
  for (const variant of variants) {
    const comparison = compare(name, theirs, await look(folder, name, variant));
    row[variant] = comparison;
    differences += comparison.different.length;
    const { same, meant, different, hits } = comparison;
    process.stdout.write(
      `${name}, ${variant}: ${same} the same, ${meant.length} meant, ${different.length} different, ${hits} from memory\n`,
    );
  }
  results[name] = row;
}
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
const versions = LIBRARIES.map((library) => {
  const name = library.slice(0, library.lastIndexOf('@'));
  // Written by npm.
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `${name} ${version}`;
});
if (given.folder === undefined) rmSync(folder, { recursive: true, force: true });

const header = ['', ...variants];
process.stdout.write(`\n| ${header.join(' | ')} |\n|${'---|'.repeat(header.length)}\n`);
for (const [name, row] of Object.entries(results)) {
  const cells = variants.map((variant) => {
    const { same = 0, meant = [], different = [], hits = 0 } = row[variant] ?? {};
    const told = [
      `${same}`,
      meant.length > 0 ? `${meant.length} meant` : '',
      different.length > 0 ? `${different.length} DIFFERENT` : '',
      hits > 0 ? `${hits} from memory` : '',
    ];
    return told.filter(Boolean).join(', ');
  });
  process.stdout.write(`| ${SCENARIOS[name]?.about ?? name} | ${cells.join(' | ')} |\n`);
}
process.stdout.write(`\n${differences} differences; Node ${process.version}; ${versions.join(', ')}\n`);
mkdirSync(dirname(given.json), { recursive: true });
writeFileSync(given.json, `${JSON.stringify({ node: process.version, versions, results }, undefined, 2)}\n`);
process.exit(differences === 0 ? 0 : 1);
