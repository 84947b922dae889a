// npm run bench -- database [--only pk,join,mixed,cause] [--rounds 7] [--ms 700] [--json FILE]
// 100 callers on one PostgreSQL; contenders in turn within each round, answers checked before anything is timed,
// medians over the rounds.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { connectionPerQuery, ours, pgPool, postgresJs, type Contender } from './database-contenders.ts';
import { median, quantile, runCallers, summarize, type Measured, type Round } from './database-measure.ts';
import { JOIN, openDatabaseWorld, PK_READ, ROWS_OF_JOIN } from './database-world.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: 'pk,join,mixed,cause' },
    rounds: { type: 'string', default: '7' },
    ms: { type: 'string', default: '700' },
    json: { type: 'string' },
  },
});
const CALLERS = 100;
const roundCount = Number(given.rounds);
const roundMs = Number(given.ms);
const sections = new Set(given.only.split(','));
const world = await openDatabaseWorld();
const { connectionString } = world;
const results: Record<string, unknown> = {};
const anId = (call: number): number => 1 + ((call * 7_919) % world.accountCount);
const aBatch = (call: number): number => (call * 31) % world.groupCount;

async function compare(
  contenders: readonly Contender[],
  ask: (contender: Contender, call: number) => Promise<unknown>,
  baseline: string,
): Promise<Record<string, Measured>> {
  for (const contender of contenders) await runCallers(CALLERS, 300, (call) => ask(contender, call));
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < roundCount; round++)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed())
      rounds.get(contender.name)?.push(await runCallers(CALLERS, roundMs, (call) => ask(contender, call)));
  const measured = Object.fromEntries([...rounds].map(([name, all]) => [name, summarize(all)]));
  const base = measured[baseline];
  for (const [name, { perSecond, p50Ms, p99Ms, cpuMicros }] of Object.entries(measured))
    console.log(
      `  ${name.padEnd(34)} ${perSecond.toFixed(0).padStart(7)}/s  x${(perSecond / (base?.perSecond ?? 1)).toFixed(2).padEnd(5)} p50 ${p50Ms.toFixed(2).padStart(6)} p99 ${p99Ms.toFixed(2).padStart(6)} ms  cpu ${cpuMicros.toFixed(0).padStart(4)} us  x${(cpuMicros / (base?.cpuMicros ?? 1)).toFixed(2)}`,
    );
  return measured;
}

async function mustAgree(
  contenders: readonly Contender[],
  text: string,
  values: number[],
  rowCount: number,
): Promise<void> {
  const answers = await Promise.all(contenders.map((contender) => contender.ask(text, values)));
  const [first] = answers.map((rows) => JSON.stringify(rows));
  for (const [index, rows] of answers.entries())
    if (rows.length !== rowCount || JSON.stringify(rows) !== first)
      throw new Error(`${contenders[index]?.name} answers differently`);
}

const closeAll = (contenders: readonly Contender[]): Promise<unknown> =>
  Promise.all(contenders.map((one) => one.close()));

async function reads(text: string, parameter: (call: number) => number, rowCount: number): Promise<unknown> {
  const contenders = [
    pgPool('pg.Pool(10)', connectionString, 10, false),
    pgPool('pg.Pool(10) named', connectionString, 10, true),
    postgresJs('postgres.js(10)', connectionString, 10),
    ours('ours', connectionString),
    ours('ours, no lanes', connectionString, { laneCount: 0 }),
  ];
  await mustAgree(contenders, text, [1], rowCount);
  const measured = await compare(
    contenders,
    (contender, call) => contender.ask(text, [parameter(call)]),
    'pg.Pool(10)',
  );
  await closeAll(contenders);
  return measured;
}

/** Short statements' latencies while one in twenty statements sleeps or computes for about 50 ms. */
async function mixed(): Promise<unknown> {
  const SLOW = 'select sum(value * kind) from big where kind % 7 = $1';
  const contenders = [
    pgPool('pg.Pool(10)', connectionString, 10, false),
    ours('dedicated connections', connectionString, { laneCount: 0 }),
    ours('ours', connectionString),
  ];
  const rounds = new Map<string, { p50: number[]; p99: number[]; rate: number[] }>(
    contenders.map(({ name }) => [name, { p50: [], p99: [], rate: [] }]),
  );
  for (const contender of contenders) for (let call = 0; call < 6; call++) await contender.ask(SLOW, [call]);
  for (let round = 0; round < roundCount; round++) {
    for (const contender of contenders) {
      const short: number[] = [];
      // 40 callers of which two ask for the slow one: one in twenty of those under way is slow.
      const until = performance.now() + roundMs * 2;
      const startedAt = performance.now();
      await Promise.all(
        Array.from({ length: 40 }, async (_, caller) => {
          let call = caller;
          while (performance.now() < until) {
            const askedAt = performance.now();
            if (caller < 2) await contender.ask('select pg_sleep_for($1)', ['50 milliseconds']);
            else {
              await contender.ask(PK_READ, [anId((call += 40))]);
              short.push(performance.now() - askedAt);
            }
          }
        }),
      );
      const collected = rounds.get(contender.name);
      collected?.p50.push(quantile(short, 0.5));
      collected?.p99.push(quantile(short, 0.99));
      collected?.rate.push(short.length / ((performance.now() - startedAt) / 1_000));
    }
  }
  const summary = Object.fromEntries(
    [...rounds].map(([name, { p50, p99, rate }]) => [
      name,
      { shortPerSecond: median(rate), p50Ms: median(p50), p99Ms: median(p99) },
    ]),
  );
  for (const [name, one] of Object.entries(summary))
    console.log(
      `  ${name.padEnd(34)} short ${one.shortPerSecond.toFixed(0)}/s p50 ${one.p50Ms.toFixed(2)} p99 ${one.p99Ms.toFixed(2)} ms`,
    );
  await closeAll(contenders);
  return summary;
}

async function byCause(): Promise<unknown> {
  const contenders = [
    connectionPerQuery('connection per query', connectionString),
    ours('+ pool', connectionString, {
      laneCount: 0,
      maxPreparedStatements: 0,
      minConnections: 10,
      maxConnections: 10,
    }),
    ours('+ prepared', connectionString, { laneCount: 0, minConnections: 10, maxConnections: 10 }),
    ours('+ lanes', connectionString, { minConnections: 10, maxConnections: 10 }),
  ];
  const measured = await compare(contenders, (one, call) => one.ask(PK_READ, [anId(call)]), 'connection per query');
  await closeAll(contenders);
  return measured;
}

const run: Record<string, () => Promise<unknown>> = {
  pk: () => reads(PK_READ, anId, 1),
  join: () => reads(JOIN, aBatch, ROWS_OF_JOIN),
  mixed,
  cause: byCause,
};
for (const [name, section] of Object.entries(run)) {
  if (!sections.has(name)) continue;
  console.log(`${name}:`);
  results[name] = await section();
}
await world.close();
if (given.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, loadAverage: loadavg(), node: process.version };
  writeFileSync(
    given.json,
    `${JSON.stringify({ machine, command: process.argv.slice(2).join(' '), results }, null, 2)}\n`,
  );
}
