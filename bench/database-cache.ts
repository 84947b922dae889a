// npm run bench -- database-cache [--only hit,read,write,never,rate,durable] [--rounds 5] [--ms 1500] [--json FILE]
// The query cache beside pg.Pool(10) and beside our pool without it: contenders in turn within each round, on one
// PostgreSQL without fsync, where writes are fastest and triggers therefore dearest. Medians over the rounds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createDatabase, type Database } from '../packages/database/src/index.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { median } from './database-measure.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: 'hit,read,write,never,rate,durable' },
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1500' },
    json: { type: 'string' },
  },
});
const sections = new Set(given.only.split(','));
const roundCount = Number(given.rounds);
const roundMs = Number(given.ms);
const CALLERS = 100;
const HOT_KEYS = 20;

const dataDir = mkdtempSync(join(tmpdir(), 'bench-query-cache-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const { connectionString } = server;

async function prepare(url: string): Promise<void> {
  const setup = createDatabase({ connectionString: url, minConnections: 0 });
  for (const statement of [
    'create table hot (id int primary key, n int not null, name text not null, at timestamptz not null default now())',
    `insert into hot select g, 0, 'row ' || g from generate_series(1, ${HOT_KEYS}) g`,
    'create table cold (id int primary key, n int not null, name text not null)',
    "insert into cold select g, g, 'row ' || g from generate_series(1, 100000) g",
    'create table plain (id int primary key, n int not null)',
    'insert into plain select g, 0 from generate_series(1, 10000) g',
    'create table keyed (like plain including all)',
    'insert into keyed select * from plain',
    'create table told (like plain including all)',
    'insert into told select * from plain',
    'vacuum analyze',
  ])
    await setup.query(statement);
  await setup.installInvalidation({ tables: ['hot', 'cold', 'keyed', 'told'] });
  // `told` announces the table only, as one without a key of one column does.
  for (const event of ['insert', 'update', 'delete']) {
    await setup.query(`drop trigger dgopt_${event} on told`);
    await setup.query(
      `create trigger dgopt_${event} after ${event} on told for each statement execute function dgopt.touch()`,
    );
    await setup.query(`alter table told enable always trigger dgopt_${event}`);
  }
  await setup.close();
}
await prepare(connectionString);

const HOT_READ = 'select id, n, name from hot where id = $1';
const COLD_READ = 'select id, n, name from cold where id = $1';

interface Contender {
  readonly name: string;
  ask(text: string, values: readonly unknown[]): Promise<readonly object[]>;
  close(): Promise<void>;
  readonly database?: Database;
}
const pgPool = (): Contender => {
  const pool = new pg.Pool({ connectionString, max: 10 });
  return {
    name: 'pg.Pool(10)',
    ask: async (text, values) => (await pool.query(text, [...values])).rows as object[],
    close: () => pool.end(),
  };
};
const ours = async (name: string, queryCache: 'on' | 'off', url = connectionString): Promise<Contender> => {
  const database = createDatabase({ connectionString: url, queryCache });
  await database.query('select 1');
  while (queryCache === 'on' && database.statistics().queryCache?.state !== 'open') await pause(10);
  return {
    name,
    database,
    ask: async (text, values) => (await database.query(text, values)).rows,
    close: () => database.close(),
  };
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const yieldToSockets = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Reads by all callers; each gives way to the sockets after some reads, as a server between requests does. */
async function readFor(ms: number, ask: (call: number) => Promise<unknown>): Promise<number> {
  let call = 0;
  const startedAt = performance.now();
  const until = startedAt + ms;
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() < until) {
        for (let count = 0; count < 8; count++) await ask(call++);
        await yieldToSockets();
      }
    }),
  );
  return (call / (performance.now() - startedAt)) * 1_000;
}

/** Writes at a steady rate until stopped. */
function writeAt(perSecond: number, write: (count: number) => Promise<unknown>): { stop(): Promise<number> } {
  let count = 0;
  let isOver = false;
  const startedAt = performance.now();
  const running = (async () => {
    while (!isOver) {
      const due = ((performance.now() - startedAt) / 1_000) * perSecond;
      while (count < due && !isOver) await write(count++);
      await pause(1);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await running;
      return count / ((performance.now() - startedAt) / 1_000);
    },
  };
}

async function inTurn(
  contenders: readonly Contender[],
  measure: (contender: Contender) => Promise<number>,
): Promise<Record<string, { readonly perSecond: number; readonly ratio: number; readonly range: readonly number[] }>> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await measure(contender);
  for (let round = 0; round < roundCount; round++)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed())
      rates.get(contender.name)?.push(await measure(contender));
  const base = median(rates.get(contenders[0]?.name ?? '') ?? []);
  return Object.fromEntries(
    [...rates].map(([name, all]) => {
      const perSecond = median(all);
      process.stdout.write(
        `  ${name.padEnd(40)} ${perSecond.toFixed(0).padStart(8)}/s  x${(perSecond / base).toFixed(2)}\n`,
      );
      return [name, { perSecond, ratio: perSecond / base, range: [Math.min(...all), Math.max(...all)] }];
    }),
  );
}

/** Share of reads that came from memory while `work` ran. */
async function hitRatio<Result>(database: Database, work: () => Promise<Result>): Promise<[Result, number]> {
  const before = database.statistics().queryCache;
  const result = await work();
  const after = database.statistics().queryCache;
  const hits = (after?.hits ?? 0) - (before?.hits ?? 0);
  const others = (after?.misses ?? 0) - (before?.misses ?? 0) + (after?.bypasses ?? 0) - (before?.bypasses ?? 0);
  return [result, hits / Math.max(1, hits + others)];
}

const results: Record<string, unknown> = {};

if (sections.has('hit')) {
  process.stdout.write('cost of a hit, through database.query, one caller\n');
  const contender = await ours('cache', 'on');
  const hundred = 'select id, n, name from cold where id <= $1 order by id';
  const costs: Record<string, number> = {};
  for (const [name, text, value, count] of [
    ['1 row', COLD_READ, 7, 200_000],
    ['100 rows', hundred, 100, 40_000],
  ] as const) {
    await contender.ask(text, [value]);
    const hitsBefore = contender.database?.statistics().queryCache?.hits ?? 0;
    while ((contender.database?.statistics().queryCache?.hits ?? 0) === hitsBefore) {
      await contender.ask(text, [value]);
      await pause(5);
    }
    const micros: number[] = [];
    for (let round = 0; round < roundCount + 1; round++) {
      const startedAt = performance.now();
      for (let call = 0; call < count; call++) await contender.database?.query(text, [value]);
      if (round > 0) micros.push(((performance.now() - startedAt) * 1_000) / count);
    }
    costs[name] = median(micros);
    process.stdout.write(`  ${name.padEnd(10)} ${median(micros).toFixed(2)} us\n`);
  }
  await contender.close();
  results['hitMicros'] = costs;
}

if (sections.has('read')) {
  process.stdout.write(`read-heavy: ${CALLERS} callers, 1000 keys, 2 writes every 60 ms\n`);
  const contenders = [pgPool(), await ours('our pool', 'off'), await ours('our pool + query cache', 'on')];
  const ratios: number[] = [];
  const rates = await inTurn(contenders, async (contender) => {
    const read = (call: number): Promise<unknown> => contender.ask(COLD_READ, [1 + ((call * 7_919) % 1_000)]);
    const writing = writeAt(1_000 / 30, (count) =>
      contender.ask('update cold set n = n + 1 where id = $1', [1 + (count % 1_000)]),
    );
    const { database } = contender;
    let rate: number;
    if (database === undefined) rate = await readFor(roundMs, read);
    else {
      const [measured, ratio] = await hitRatio(database, () => readFor(roundMs, read));
      rate = measured;
      if (database.statistics().queryCache !== undefined) ratios.push(ratio);
    }
    await writing.stop();
    return rate;
  });
  process.stdout.write(`  hits ${(median(ratios.slice(1)) * 100).toFixed(1)} %\n`);
  results['readHeavy'] = { ...rates, hitRatio: median(ratios.slice(1)) };
  for (const contender of contenders) await contender.close();
}

if (sections.has('write')) {
  process.stdout.write(`write-heavy: ${CALLERS} callers, ${HOT_KEYS} keys, 240 writes/s on the same table\n`);
  const contenders = [pgPool(), await ours('our pool + query cache', 'on')];
  const ratios: number[] = [];
  const writeRates: number[] = [];
  const rates = await inTurn(contenders, async (contender) => {
    const read = (call: number): Promise<unknown> => contender.ask(HOT_READ, [1 + ((call * 7) % HOT_KEYS)]);
    const writing = writeAt(240, (count) =>
      contender.ask('update hot set n = n + 1 where id = $1', [1 + ((count * 3) % HOT_KEYS)]),
    );
    const { database } = contender;
    let rate: number;
    if (database === undefined) rate = await readFor(roundMs, read);
    else {
      const [measured, ratio] = await hitRatio(database, () => readFor(roundMs, read));
      rate = measured;
      ratios.push(ratio);
    }
    const wrote = await writing.stop();
    if (database !== undefined) writeRates.push(wrote);
    return rate;
  });
  process.stdout.write(
    `  hits ${(median(ratios.slice(1)) * 100).toFixed(1)} % at ${median(writeRates).toFixed(0)} writes/s\n`,
  );
  results['writeHeavy'] = { ...rates, hitRatio: median(ratios.slice(1)), writesPerSecond: median(writeRates) };
  for (const contender of contenders) await contender.close();
}

if (sections.has('never')) {
  process.stdout.write(`no hits: ${CALLERS} callers, every key read once\n`);
  const contenders = [pgPool(), await ours('our pool', 'off'), await ours('our pool + query cache', 'on')];
  const offsets = new Map<Contender, number>();
  const rates = await inTurn(contenders, (contender) =>
    readFor(roundMs, () => {
      const offset = (offsets.get(contender) ?? 0) + 1;
      offsets.set(contender, offset);
      // A parameter that no other read had: the key of the answer differs, the row need not.
      return contender.ask('select id, n, name from cold where id = $1 and n > $2', [1 + (offset % 100_000), -offset]);
    }),
  );
  const [, without, withCache] = Object.values(rates);
  const share = (withCache?.perSecond ?? 0) / (without?.perSecond ?? 1);
  process.stdout.write(`  the cache costs ${((1 - share) * 100).toFixed(1)} % of our pool's rate\n`);
  results['noHits'] = { ...rates, shareOfOwnPool: share };
  for (const contender of contenders) await contender.close();
}

interface WriteRates {
  readonly alone: Record<string, unknown>;
  readonly heard: Record<string, unknown>;
}

async function measureWriteRate(url: string): Promise<WriteRates> {
  const writer = await ours('writer', 'on', url);
  const measureWrites = (table: string): Contender => ({
    name: table,
    ask: writer.ask,
    close: () => Promise.resolve(),
  });
  const writeFor = async ({ name }: Contender): Promise<number> => {
    const table = name.split(' ')[0];
    let count = 0;
    const startedAt = performance.now();
    const until = startedAt + roundMs;
    await Promise.all(
      Array.from({ length: 8 }, async (_, lane) => {
        while (performance.now() < until)
          await writer.ask(`update ${table} set n = n + 1 where id = $1`, [1 + ((count++ * 8 + lane) % 10_000)]);
      }),
    );
    return (count / (performance.now() - startedAt)) * 1_000;
  };
  const alone = await inTurn(
    [measureWrites('plain (no triggers)'), measureWrites('told (by table)'), measureWrites('keyed (by key)')],
    writeFor,
  );
  process.stdout.write('the same while another process listens\n');
  const listener = await ours('listener', 'on');
  await pause(500);
  const heard = await inTurn(
    [measureWrites('plain (no triggers)'), measureWrites('told (by table)'), measureWrites('keyed (by key)')],
    writeFor,
  );
  await listener.close();
  await writer.close();
  return { alone, heard };
}

if (sections.has('rate')) {
  process.stdout.write('write rate of 8 writers through our pool, without and with invalidation installed\n');
  results['writeRate'] = await measureWriteRate(connectionString);
}

if (sections.has('durable')) {
  process.stdout.write('the same on a server that waits for the disk at each commit\n');
  const durableDir = mkdtempSync(join(tmpdir(), 'bench-query-cache-'));
  const durable = await startEmbeddedPostgres({ dataDir: durableDir });
  await prepare(durable.connectionString);
  results['durableWriteRate'] = await measureWriteRate(durable.connectionString);
  await durable.stop();
  rmSync(durableDir, { recursive: true, force: true });
}

await server.stop();
rmSync(dataDir, { recursive: true, force: true });
const report = {
  machine: { cpus: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  rounds: roundCount,
  roundMs,
  results,
};
if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(report, null, 2)}\n`);
