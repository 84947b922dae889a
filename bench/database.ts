// npm run bench -- database [--only pk,join,wide,write,mixed,cause] [--rounds 7] [--ms 700] [--json FILE]
// 100 callers on one PostgreSQL; contenders in turn within each round, answers checked before anything is timed,
// medians over the rounds.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { compatible, connectionPerQuery, ours, pgPool, postgresJs, type Contender } from './database-contenders.ts';
import { median, quantile, runCallers, summarize, type Measured, type Round } from './database-measure.ts';
import { INSERT, JOIN, openDatabaseWorld, PK_READ, ROWS_OF_JOIN, SLOW, WIDE_JOIN } from './database-world.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: 'pk,join,wide,write,mixed,cause' },
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
  const sorted = (rows: readonly object[]): string =>
    rows
      .map((row) => JSON.stringify(row))
      .toSorted()
      .join();
  const [first] = answers.map(sorted);
  for (const [index, rows] of answers.entries())
    if (rows.length !== rowCount || sorted(rows) !== first)
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
    compatible('ours as pg.Pool(10)', connectionString, 10),
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

async function writes(): Promise<unknown> {
  const contenders = [
    pgPool('pg.Pool(10)', connectionString, 10, false),
    postgresJs('postgres.js(10)', connectionString, 10),
    ours('ours', connectionString),
  ];
  const measured = await compare(contenders, (one, call) => one.ask(INSERT, [anId(call), 'note']), 'pg.Pool(10)');
  await closeAll(contenders);
  return measured;
}

const SHORT_CALLERS = 38;
const SLOW_CALLERS = 2;

/** Latencies of short reads, alone and while one in twenty of the callers asks for something that takes 50 ms. */
async function mixedRound(
  contender: Contender,
  slowCallers: number,
): Promise<{ p50Ms: number; p99Ms: number; perSecond: number }> {
  const short: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + roundMs * 2;
  await Promise.all([
    ...Array.from({ length: SHORT_CALLERS }, async (_, caller) => {
      for (let call = caller; performance.now() < until; call += SHORT_CALLERS) {
        const askedAt = performance.now();
        await contender.ask(PK_READ, [anId(call)]);
        short.push(performance.now() - askedAt);
      }
    }),
    ...Array.from({ length: slowCallers }, async () => {
      while (performance.now() < until) await contender.ask(SLOW, [1]);
    }),
  ]);
  const seconds = (performance.now() - startedAt) / 1_000;
  return { p50Ms: quantile(short, 0.5), p99Ms: quantile(short, 0.99), perSecond: short.length / seconds };
}

async function mixed(): Promise<unknown> {
  const contenders = [
    pgPool('pg.Pool(10)', connectionString, 10, false),
    ours('ours, a session each', connectionString, { laneCount: 0 }),
    ours('ours', connectionString),
  ];
  // Both shapes have been seen, as in a process that runs for more than a moment.
  for (const contender of contenders)
    for (let call = 1; call < 6; call++)
      await Promise.all([contender.ask(SLOW, [call]), contender.ask(PK_READ, [call])]);
  const rounds = new Map(
    contenders.map(({ name }) => [name, { alone: [] as number[], mixed: [] as number[], rate: [] as number[] }]),
  );
  for (let round = 0; round < roundCount; round++) {
    for (const contender of contenders) {
      const collected = rounds.get(contender.name);
      collected?.alone.push((await mixedRound(contender, 0)).p99Ms);
      const together = await mixedRound(contender, SLOW_CALLERS);
      collected?.mixed.push(together.p99Ms);
      collected?.rate.push(together.perSecond);
    }
  }
  const summary = Object.fromEntries(
    [...rounds].map(([name, { alone, mixed: together, rate }]) => [
      name,
      { p99AloneMs: median(alone), p99MixedMs: median(together), shortPerSecond: median(rate) },
    ]),
  );
  for (const [name, one] of Object.entries(summary))
    console.log(
      `  ${name.padEnd(34)} short p99 alone ${one.p99AloneMs.toFixed(2)} ms, mixed ${one.p99MixedMs.toFixed(2)} ms (x${(one.p99MixedMs / one.p99AloneMs).toFixed(2)}), ${one.shortPerSecond.toFixed(0)}/s`,
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
  wide: () => reads(WIDE_JOIN, aBatch, ROWS_OF_JOIN),
  write: writes,
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
