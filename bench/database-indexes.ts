// npm run bench -- database-indexes [--only shop,tickets,freight,overhead] [--scale 1] [--runs 9] [--json FILE]
// Three planted workloads, each on a PostgreSQL of its own: nothing done, one index for each column of a WHERE, and what
// the index advisor says. Every recommendation is applied by itself and measured again: promise against outcome.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabase, createIndexAdvisor } from '../packages/database/src/index.ts';
import { toFingerprint } from '../packages/database/src/fingerprint.ts';
import { openWorld, totalMs, type OpenWorld } from '../packages/database/test/indexes/measure-world.ts';
import type { PlantedWorld } from '../packages/database/test/indexes/planted-world.ts';
import { freightWorld } from '../packages/database/test/indexes/freight-world.ts';
import { shopWorld } from '../packages/database/test/indexes/shop-world.ts';
import { ticketWorld } from '../packages/database/test/indexes/ticket-world.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { median } from './database-measure.ts';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: 'shop,tickets,freight,overhead' },
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '9' },
    json: { type: 'string', default: fileURLToPath(new URL('./results/database-indexes.json', import.meta.url)) },
  },
});
const scale = Number(given.scale);
const runs = Number(given.runs);
const sections = new Set(given.only.split(','));
/** A hundred reads each: until the code of both sides is compiled. */
const WARM_ROUNDS = 600;
const results: Record<string, unknown> = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadAtStart: loadavg()[0] },
  scale,
  runs,
};

/** Columns that the statements compare, one index each: what is written down when only the WHERE is looked at. */
const ONE_COLUMN: Readonly<Record<string, readonly string[]>> = {
  shop: [
    'orders (customer_id)',
    'orders (status)',
    'customers (email)',
    'order_items (order_id)',
    'order_items (product_id)',
    'events (read_at)',
    'events (at)',
    'events (kind)',
    'customers (full_name)',
    'products (name)',
  ],
  tickets: [
    'tickets (project_id)',
    'tickets (state)',
    'tickets (closed_at)',
    'tickets (due_at)',
    'comments (ticket_id)',
    'comments (is_internal)',
    'watchers (agent_id)',
    'trail (entity)',
    'trail (entity_id)',
    'attachments (comment_id)',
  ],
  freight: [
    'parcels ("createdAt")',
    'parcels (status)',
    'parcels (recipient)',
    'parcels ("weightGrams")',
    'scans ("parcelId")',
    'scans (kind)',
    'scans (at)',
    'invoices ("paidOn")',
    'invoices ("dueOn")',
    'invoices ("parcelId")',
    'invoices (currency)',
  ],
};

/** What an index was promised to bring, and what it brought when it alone was applied. Milliseconds before and after. */
interface IndexPromise {
  readonly index: string;
  readonly promised: number;
  readonly measured: number;
  readonly promisedMs: readonly [number, number];
  readonly measuredMs: readonly [number, number];
  readonly statements: readonly {
    readonly name: string;
    readonly promisedMs: readonly [number, number];
    readonly measuredMs: readonly [number, number];
  }[];
}

function sayPromise(promise: IndexPromise, plannerGain: number): void {
  const toSpan = ([from, to]: readonly [number, number]): string => `${from.toFixed(2)} -> ${to.toFixed(3)} ms`;
  console.log(
    `  ${promise.index.replace(/^create index concurrently /, '').slice(0, 96)}\n     promised ${promise.promised.toFixed(1)}x, measured ${promise.measured.toFixed(1)}x, planner ${plannerGain.toFixed(1)}x`,
  );
  for (const { name, promisedMs, measuredMs } of promise.statements)
    console.log(`       ${name.padEnd(36)} promised ${toSpan(promisedMs)}, measured ${toSpan(measuredMs)}`);
}

async function onServer<Result>(world: PlantedWorld, work: (open: OpenWorld) => Promise<Result>): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-indexes-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  try {
    const open = await openWorld(world, server.connectionString, scale);
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function benchWorld(world: PlantedWorld): Promise<void> {
  console.log(`\n${world.name}: ${world.statements.length} statements, scale ${scale}`);
  const rival = await onServer(world, async (open) => {
    const before = await open.measure(runs);
    for (const columns of ONE_COLUMN[world.name] ?? []) await open.database.query(`create index on ${columns}`);
    await open.database.query('analyze');
    const after = await open.measure(runs);
    return { total: totalMs(world, before) / totalMs(world, after), writes: ratio(world, after, before) };
  });
  console.log(`  one index a column: ${rival.total.toFixed(1)}x, writes x${rival.writes.toFixed(2)}`);

  const ours = await onServer(world, async (open) => {
    await open.load(0.3);
    const { database, statements } = open;
    const advisor = createIndexAdvisor({ database, statements, limits: { unusedAfterMs: 0 } });
    const advice = await advisor.recommend();
    const before = await open.measure(runs);
    let now = before;
    const promises: IndexPromise[] = [];
    for (const recommendation of advice.recommendations) {
      await advisor.apply(recommendation.id);
      if (recommendation.kind === 'drop') continue;
      const next = await open.measure(runs);
      const weigh = (times: ReadonlyMap<string, number>): number =>
        recommendation.proof.affected.reduce((sum, { fingerprint, count }) => {
          const name = world.statements.find(({ text }) => toFingerprint(text).id === fingerprint)?.name ?? '';
          return sum + count * (times.get(name) ?? 0);
        }, 0);
      const { gain: promised, before: from, after: to, affected } = recommendation.proof;
      const count = affected.reduce((sum, one) => sum + one.count, 0);
      const promise: IndexPromise = {
        index: recommendation.statement,
        promised,
        measured: weigh(now) / weigh(next),
        promisedMs: [from.medianMs, to.medianMs],
        measuredMs: [weigh(now) / count, weigh(next) / count],
        statements: affected.map(({ fingerprint, before: first, after: last }) => {
          const name = world.statements.find(({ text }) => toFingerprint(text).id === fingerprint)?.name ?? fingerprint;
          return {
            name,
            promisedMs: [first.medianMs, last.medianMs] as const,
            measuredMs: [now.get(name) ?? 0, next.get(name) ?? 0] as const,
          };
        }),
      };
      promises.push(promise);
      sayPromise(promise, recommendation.proof.plannerGain);
      now = next;
    }
    const after = await open.measure(runs);
    const dropped = advice.recommendations.filter(({ kind }) => kind === 'drop').map(({ indexName }) => indexName);
    return {
      total: totalMs(world, before) / totalMs(world, after),
      promisedTotal: advice.promise.gain,
      writes: ratio(world, after, before),
      createdCount: promises.length,
      sizeBytes: advice.recommendations
        .filter(({ kind }) => kind === 'create')
        .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      faultsFound: world.wrongIndexes.filter((name) => dropped.includes(name)).length,
      wrongDrops: dropped.filter((name) => !world.wrongIndexes.includes(name)),
      within2x: promises.filter(({ promised, measured }) => Math.max(promised / measured, measured / promised) <= 2)
        .length,
      promises,
      adviceMs: advice.durationMs,
      candidateCount: advice.candidateCount,
      statements: Object.fromEntries([...before].map(([name, ms]) => [name, [ms, after.get(name)]])),
    };
  });
  for (const [name, [from, to]] of Object.entries(ours.statements))
    console.log(`  ${name.padEnd(38)} ${(from ?? 0).toFixed(2).padStart(8)} -> ${(to ?? 0).toFixed(2).padStart(8)} ms`);
  console.log(
    `  advisor: ${ours.total.toFixed(1)}x (promised ${ours.promisedTotal.toFixed(1)}x) with ${ours.createdCount} indexes (${(ours.sizeBytes / 1e6).toFixed(1)} MB), writes x${ours.writes.toFixed(2)}, ${ours.faultsFound} of ${world.wrongIndexes.length} faults, ${ours.wrongDrops.length} wrong drops, ${ours.within2x} of ${ours.promises.length} promises within 2x, ${Math.round(ours.adviceMs)} ms`,
  );
  results[world.name] = { oneColumn: rival, advisor: ours };
}

/** Inserts and updates; a delete that gains from an index would hide what they pay. */
function ratio(world: PlantedWorld, after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): number {
  const paying = { ...world, statements: world.statements.filter(({ text }) => !text.startsWith('delete')) };
  return totalMs(paying, after, 'writes') / totalMs(paying, before, 'writes');
}

/**
 * Processor time of one primary-key read through the pool, with and without statistics, in turns: each side in a process
 * of its own that lives for all rounds, as an application does.
 */
async function benchOverhead(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-indexes-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  const maker = createDatabase({ connectionString: server.connectionString, minConnections: 0 });
  await maker.query('create table thing (id int primary key, name text)');
  await maker.query(`insert into thing select n, 'thing ' || n from generate_series(1, 10000) n`);
  await maker.close();
  const sides = (['without', 'with'] as const).map((side) => {
    const child = fork(join(import.meta.dirname, 'database-overhead-process.ts'), [server.connectionString, side], {
      execArgv: ['--no-warnings'],
    });
    const ask = async (rounds: number): Promise<number> => {
      child.send(rounds);
      const [micros] = (await once(child, 'message')) as [number];
      return micros;
    };
    return { child, ask, times: [] as number[] };
  });
  for (const { ask } of sides) await ask(WARM_ROUNDS);
  for (let round = 0; round < 30; round += 1)
    for (const { ask, times } of round % 2 === 0 ? sides : sides.toReversed()) times.push(await ask(60));
  for (const { child } of sides) child.disconnect();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
  const [without = 0, withThem = 0] = sides.map(({ times }) => median(times));
  console.log(
    `\nstatistics: ${without.toFixed(1)} -> ${withThem.toFixed(1)} us of processor a read, ${((withThem / without - 1) * 100).toFixed(1)}%`,
  );
  results['overhead'] = { withoutMicros: without, withMicros: withThem, ratio: withThem / without };
}

if (sections.has('shop')) await benchWorld(shopWorld);
if (sections.has('tickets')) await benchWorld(ticketWorld);
if (sections.has('freight')) await benchWorld(freightWorld);
if (sections.has('overhead')) await benchOverhead();
mkdirSync(dirname(given.json), { recursive: true });
writeFileSync(given.json, `${JSON.stringify(results, undefined, 2)}\n`);
process.exit(0);
