// npm run bench -- database-indexes [--only shop,tickets,freight,overhead] [--scale 1] [--runs 9] [--json FILE]
// Three planted workloads, each on four servers of its own that are measured in turns: nothing done, one index for each
// column of a WHERE, what somebody makes by hand who knows every statement, and what the index advisor says. Every
// recommendation is applied by itself and measured again: promise against outcome.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabase, createIndexAdvisor } from '../packages/database/src/index.ts';
import { toFingerprint } from '../packages/database/src/fingerprint.ts';
import { toNewIndexes, type NewIndex } from '../packages/database/src/indexes/recommendation.ts';
import type { PlantedWorld } from '../packages/database/test/indexes/planted-world.ts';
import { freightWorld } from '../packages/database/test/indexes/freight-world.ts';
import { shopWorld } from '../packages/database/test/indexes/shop-world.ts';
import { ticketWorld } from '../packages/database/test/indexes/ticket-world.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { BY_HAND, ONE_COLUMN } from './database-index-rivals.ts';
import { compareSides, openSide, type Compared, type Side } from './database-index-sides.ts';
import { median } from './database-measure.ts';
import { medianRange } from './median-range.ts';

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
/** The sides are compared in so many turns. */
const ROUNDS = 3;
/** A promise is compared with that many turns without the index and with it: the machine is not equally fast for long. */
const PROMISE_TURNS = 5;
/** Each turn has other values: nine are few where some find fifty rows and most find none. */
const PROMISE_SEED = 11;
/** A hundred reads each: until the code of all sides is compiled. */
const WARM_ROUNDS = 600;
const OVERHEAD_SETS = 4;
const OVERHEAD_ROUNDS = 24;
/** So many statistics at once cost so many times as much. */
const COPIES = 8;
const results: Record<string, unknown> = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadAtStart: loadavg()[0] },
  scale,
  runs,
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

function sayPhase(name: string): void {
  console.log(`  [${Math.round(performance.now() / 1_000)} s] ${name}`);
}

function sayPromise(promise: IndexPromise, plannerGain: number): void {
  const toSpan = ([from, to]: readonly [number, number]): string => `${from.toFixed(2)} -> ${to.toFixed(3)} ms`;
  console.log(
    `  ${promise.index.replace(/^create index concurrently /, '').slice(0, 96)}\n     promised ${promise.promised.toFixed(1)}x, measured ${promise.measured.toFixed(1)}x, planner ${plannerGain.toFixed(1)}x`,
  );
  for (const { name, promisedMs, measuredMs } of promise.statements)
    console.log(`       ${name.padEnd(36)} promised ${toSpan(promisedMs)}, measured ${toSpan(measuredMs)}`);
}

async function benchWorld(world: PlantedWorld): Promise<void> {
  console.log(`\n${world.name}: ${world.statements.length} statements, scale ${scale}`);
  // Alone while the advisor measures: servers that were just filled write for a while.
  const advised = await openSide('advisor', world, scale);
  const rivals: Side[] = [];
  try {
    const advice = await advise(world, advised);
    sayPhase('advised and applied');
    for (const name of ['nothing', 'one column', 'by hand']) rivals.push(await openSide(name, world, scale));
    const [nothing, oneColumn, byHand] = rivals;
    if (nothing === undefined || oneColumn === undefined || byHand === undefined) return;
    sayPhase('four servers are ready');
    for (const [side, indexes] of [[oneColumn, ONE_COLUMN] as const, [byHand, BY_HAND] as const]) {
      for (const columns of indexes[world.name] ?? []) await side.open.database.query(`create index on ${columns}`);
      await side.open.database.query('vacuum analyze');
      side.open.database.renewStatements();
    }
    const sides = [nothing, oneColumn, byHand, advised];
    const compared = await compareSides(world, sides, { runs, rounds: ROUNDS });
    sayPhase('compared');
    const outcomes = toOutcomes(compared, nothing);
    const [before, after] = [compared.get(nothing), compared.get(advised)];
    const hand = compared.get(byHand);
    for (const { name, weight } of world.statements) {
      const [from = 0, byHandMs = 0, to = 0] = [before, hand, after].map((one) => one?.times.get(name));
      console.log(
        `  ${name.padEnd(38)} x${String(weight).padEnd(4)} ${from.toFixed(2).padStart(8)} -> ${to.toFixed(3).padStart(7)} ms (by hand ${byHandMs.toFixed(3)})`,
      );
    }
    for (const [name, { mixed, oneCaller, server, writes }] of Object.entries(outcomes))
      console.log(
        `  ${name.padEnd(12)} 100 callers ${sayRatio(mixed)}, one caller ${sayRatio(oneCaller)}, within the server ${server.toFixed(1)}x, writes x${writes.median.toFixed(2)}`,
      );
    console.log(
      `  advisor: promised ${advice.promisedTotal.toFixed(1)}x, ${advice.createdCount} indexes (${(advice.sizeBytes / 1e6).toFixed(1)} MB), ${advice.faultsFound} of ${world.wrongIndexes.length} faults, ${advice.wrongDrops.length} wrong drops, ${advice.within2x} of ${advice.promises.length} promises within 2x, ${Math.round(advice.adviceMs)} ms`,
    );
    results[world.name] = {
      outcomes,
      advice,
      statements: Object.fromEntries(
        world.statements.map(({ name }) => [name, [before, after].map((one) => one?.times.get(name))]),
      ),
    };
  } finally {
    for (const side of [...rivals, advised]) await side.close();
  }
}

interface Ratio {
  readonly median: number;
  readonly range: readonly [number, number];
}

interface WorldOutcome {
  readonly mixed: Ratio;
  readonly oneCaller: Ratio;
  readonly server: number;
  /** Time with over without. */
  readonly writes: Ratio;
}

/** Each side against the one where nothing was done, round by round. */
function toOutcomes(compared: ReadonlyMap<Side, Compared>, nothing: Side): Readonly<Record<string, WorldOutcome>> {
  const base = compared.get(nothing);
  if (base === undefined) throw new TypeError('unreachable');
  return Object.fromEntries(
    [...compared]
      .filter(([side]) => side !== nothing)
      .map(([{ name }, own]) => [
        name,
        {
          mixed: toRatio(base.mixed, own.mixed),
          oneCaller: toRatio(base.totals, own.totals),
          server: base.serverTotalMs / own.serverTotalMs,
          writes: toRatio(own.writes, base.writes),
        },
      ]),
  );
}

function toRatio(over: readonly number[], under: readonly number[]): Ratio {
  const ratios = over.map((value, place) => value / (under[place] ?? Number.NaN));
  return { median: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)] };
}

function sayRatio({ median: middle, range: [least, most] }: Ratio): string {
  return `${middle.toFixed(1)}x (${least.toFixed(1)}-${most.toFixed(1)})`;
}

/** Asks the advisor, and applies each recommendation by itself: promise against outcome. */
async function advise(world: PlantedWorld, { open }: Side) {
  await open.load(0.5);
  const { database, statements } = open;
  const advisor = createIndexAdvisor({ database, statements, limits: { unusedAfterMs: 0 } });
  const advice = await advisor.recommend();
  sayPhase('advice is there');
  const nameOf = (fingerprint: string): string =>
    world.statements.find(({ text }) => toFingerprint(text).id === fingerprint)?.name ?? fingerprint;
  const promises: IndexPromise[] = [];
  for (const recommendation of advice.recommendations) {
    if (recommendation.kind === 'drop') {
      await advisor.apply(recommendation.id);
      continue;
    }
    const [now, next] = await measureBothWays(open, toNewIndexes(recommendation), () =>
      advisor.apply(recommendation.id),
    );
    const { gain: promised, before: from, after: to, affected } = recommendation.proof;
    const weigh = (times: Times): number =>
      affected.reduce((sum, { fingerprint, count }) => sum + count * (times.get(nameOf(fingerprint)) ?? 0), 0);
    const count = affected.reduce((sum, one) => sum + one.count, 0);
    const promise: IndexPromise = {
      index: recommendation.statement,
      promised,
      measured: weigh(now) / weigh(next),
      promisedMs: [from.medianMs, to.medianMs],
      measuredMs: [weigh(now) / count, weigh(next) / count],
      statements: affected.map(({ fingerprint, before: first, after: last }) => ({
        name: nameOf(fingerprint),
        promisedMs: [first.medianMs, last.medianMs] as const,
        measuredMs: [now.get(nameOf(fingerprint)) ?? 0, next.get(nameOf(fingerprint)) ?? 0] as const,
      })),
    };
    promises.push(promise);
    sayPromise(promise, recommendation.proof.plannerGain);
  }
  const created = advice.recommendations.filter(({ kind }) => kind === 'create');
  const dropped = advice.recommendations.filter(({ kind }) => kind === 'drop').map(({ indexName }) => indexName);
  return {
    promisedTotal: advice.promise.gain,
    createdCount: created.length,
    sizeBytes: created.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    faultsFound: world.wrongIndexes.filter((name) => dropped.includes(name)).length,
    wrongDrops: dropped.filter((name) => !world.wrongIndexes.includes(name)),
    within2x: promises.filter(({ promised, measured }) => Math.max(promised / measured, measured / promised) <= 2)
      .length,
    promises,
    adviceMs: advice.durationMs,
    candidateCount: advice.candidateCount,
  };
}

type Times = ReadonlyMap<string, number>;

/**
 * Times of all statements before and after, with the indexes taken away and put back in turns: of each turn the mean, as
 * promises are of means, and because what is saved is a sum; of the turns the median.
 */
async function measureBothWays(
  open: Side['open'],
  indexes: readonly NewIndex[],
  apply: () => Promise<unknown>,
): Promise<readonly [before: Times, after: Times]> {
  const without: Times[] = [];
  const withThem: Times[] = [];
  for (let turn = 0; turn < PROMISE_TURNS; turn += 1) {
    without.push(await open.measure(runs, PROMISE_SEED + turn, meanOf));
    if (turn === 0) await apply();
    else
      for (const { statement, table } of indexes) {
        await open.database.query(statement);
        // As the advisor does: an expression has statistics of its own.
        await open.database.query(`vacuum (analyze) ${table}`);
      }
    open.database.renewStatements();
    withThem.push(await open.measure(runs, PROMISE_SEED + turn, meanOf));
    if (turn === PROMISE_TURNS - 1) break;
    for (const { indexName } of indexes) await open.database.query(`drop index concurrently ${indexName}`);
    open.database.renewStatements();
  }
  return [toMedians(without), toMedians(withThem)];
}

function meanOf(times: readonly number[]): number {
  return times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length);
}

function toMedians(turns: readonly Times[]): Times {
  const names = [...(turns[0]?.keys() ?? [])];
  return new Map(names.map((name) => [name, median(turns.map((times) => times.get(name) ?? 0))] as const));
}

/**
 * Processor time of one primary-key read through the pool without statistics, with them, and with several of them at
 * once: the difference divided by their number is what one costs, and stands out from the noise. In turns, each side in
 * a process of its own that lives for all rounds, as an application does; several sets of processes, as each has its own
 * luck with memory and compiled code.
 */
async function benchOverhead(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-indexes-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  const maker = createDatabase({ connectionString: server.connectionString, minConnections: 0 });
  await maker.query('create table thing (id int primary key, name text)');
  await maker.query(`insert into thing select n, 'thing ' || n from generate_series(1, 10000) n`);
  await maker.close();
  const without: number[] = [];
  const one: number[] = [];
  const each: number[] = [];
  for (let set = 0; set < OVERHEAD_SETS; set += 1) {
    const sides = [0, 1, COPIES].map((copies) => {
      const child = fork(
        join(import.meta.dirname, 'database-overhead-process.ts'),
        [server.connectionString, String(copies)],
        { execArgv: ['--no-warnings'] },
      );
      const ask = async (rounds: number): Promise<number> => {
        child.send(rounds);
        const [micros] = (await once(child, 'message')) as [number];
        return micros;
      };
      return { child, ask };
    });
    for (const { ask } of sides) await ask(WARM_ROUNDS);
    for (let round = 0; round < OVERHEAD_ROUNDS; round += 1) {
      const times = new Map<number, number>();
      for (const side of round % 2 === 0 ? sides : sides.toReversed())
        times.set(sides.indexOf(side), await side.ask(40));
      const [none = 0, single = 0, several = 0] = [0, 1, 2].map((place) => times.get(place));
      without.push(none);
      one.push(single - none);
      each.push((several - none) / COPIES);
    }
    for (const { child } of sides) child.disconnect();
  }
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
  const base = median(without);
  const say = (added: readonly number[]): string => {
    const [least, most] = medianRange(added);
    const percent = (micros: number): string => `${((micros / base) * 100).toFixed(1)}%`;
    return `${median(added).toFixed(2)} us, ${percent(median(added))} (95% certain: ${percent(least)} to ${percent(most)})`;
  };
  console.log(
    `\nstatistics: ${base.toFixed(2)} us of processor a read; with them ${say(one)} more; one of ${COPIES} at once ${say(each)}; ${one.length} turns`,
  );
  results['overhead'] = {
    withoutMicros: base,
    one: { addedMicros: median(one), range: medianRange(one) },
    ofSeveral: { copies: COPIES, addedMicros: median(each), range: medianRange(each) },
  };
}

if (sections.has('shop')) await benchWorld(shopWorld);
if (sections.has('tickets')) await benchWorld(ticketWorld);
if (sections.has('freight')) await benchWorld(freightWorld);
if (sections.has('overhead')) await benchOverhead();
mkdirSync(dirname(given.json), { recursive: true });
writeFileSync(given.json, `${JSON.stringify(results, undefined, 2)}\n`);
process.exit(0);
