import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../packages/database/src/index.ts';
import { openWorld, totalMs, WARM_ROUNDS, type OpenWorld } from '../packages/database/test/indexes/measure-world.ts';
import type { PlantedStatement, PlantedWorld } from '../packages/database/test/indexes/planted-world.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { createSeededRandom } from '../packages/testing/src/index.ts';
import { median } from './database-measure.ts';

/** A planted workload on a PostgreSQL of its own. */
export interface Side {
  readonly name: string;
  readonly open: OpenWorld;
  /** Wall time of the whole workload, with `callerCount` callers at once. `seed` gives order and values. */
  runMixed(callerCount: number, seed: number): Promise<number>;
  /** What the server itself spends on each statement: planning and execution, mean of `runs`. */
  serverMs(runs: number): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** What sides took in turns, each the median over the rounds. */
export interface Compared {
  /** Milliseconds of each statement with one caller. */
  readonly times: ReadonlyMap<string, number>;
  /** Weighted, with one caller; each round. */
  readonly totals: readonly number[];
  readonly writes: readonly number[];
  /** Wall time with many callers; each round. */
  readonly mixed: readonly number[];
  readonly serverTotalMs: number;
}

const CALLERS = 100;
const WARM_CALLS = 300;

export async function openSide(name: string, world: PlantedWorld, scale: number): Promise<Side> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-indexes-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  const open = await openWorld(world, server.connectionString, scale);
  await open.database.query('create extension if not exists pg_stat_statements');
  await open.database.query('alter system set pg_stat_statements.track_planning = on');
  await open.database.query('select pg_reload_conf()');
  // As an application has it; nobody looks at its statements.
  const pool = createDatabase({ connectionString: server.connectionString, leakThresholdMs: 0, statementTimeoutMs: 0 });
  const runAll = async (callerCount: number, statements: readonly PlantedStatement[], seed: number): Promise<void> => {
    const random = createSeededRandom(seed);
    const calls = statements.map(({ text, values }) => ({
      text,
      values: values((most) => random.integer(1, most), scale),
    }));
    let next = 0;
    await Promise.all(
      Array.from({ length: callerCount }, async () => {
        for (let call = calls[next++]; call !== undefined; call = calls[next++])
          await pool.query(call.text, call.values);
      }),
    );
  };
  return {
    name,
    open,
    async runMixed(callerCount, seed) {
      // New indexes: statements are planned anew, and the first ones pay for it.
      pool.renewStatements();
      const order = createSeededRandom(seed).shuffle(
        world.statements.flatMap((statement) => Array.from({ length: statement.weight }, () => statement)),
      );
      await runAll(callerCount, order.slice(0, WARM_CALLS), seed + 1);
      const startedAt = performance.now();
      await runAll(callerCount, order, seed);
      return performance.now() - startedAt;
    },
    async serverMs(runs) {
      const found = new Map<string, number>();
      for (const statement of world.statements) {
        await open.repeat(statement, WARM_ROUNDS, 1);
        await open.database.query('select pg_stat_statements_reset()');
        await open.repeat(statement, runs, 2);
        const { rows } = await open.database.query<{ ms: number }>(
          `select (sum(total_plan_time + total_exec_time) / ${runs})::float8 as ms from pg_stat_statements where query !~ 'pg_stat_statements'`,
        );
        found.set(statement.name, rows[0]?.ms ?? 0);
      }
      return found;
    },
    async close() {
      await pool.close();
      await open.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Measures all sides in turns, so that what else the machine does falls on all of them. */
export async function compareSides(
  world: PlantedWorld,
  sides: readonly Side[],
  { runs, rounds }: { readonly runs: number; readonly rounds: number },
): Promise<ReadonlyMap<Side, Compared>> {
  const timesOf = new Map(sides.map((side) => [side, [] as ReadonlyMap<string, number>[]]));
  const mixedOf = new Map(sides.map((side) => [side, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    const seed = 1_000 + round * 10;
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      timesOf.get(side)?.push(await side.open.measure(Math.ceil(runs / rounds), seed));
      mixedOf.get(side)?.push(await side.runMixed(CALLERS, seed + 5));
    }
  }
  const compared = new Map<Side, Compared>();
  for (const side of sides) {
    const all = timesOf.get(side) ?? [];
    compared.set(side, {
      times: new Map(
        world.statements.map(({ name }) => [name, median(all.map((times) => times.get(name) ?? 0))] as const),
      ),
      totals: all.map((times) => totalMs(world, times)),
      writes: all.map((times) => totalMs(toPaying(world), times, 'writes')),
      mixed: mixedOf.get(side) ?? [],
      serverTotalMs: totalMs(world, await side.serverMs(runs)),
    });
  }
  return compared;
}

/** Inserts and updates; a delete that gains from an index would hide what they pay. */
function toPaying(world: PlantedWorld): PlantedWorld {
  return { ...world, statements: world.statements.filter(({ text }) => !text.startsWith('delete')) };
}
