import { createSeededRandom } from '@dataguardian/testing';
import { createDatabase, createStatementStatistics, type Database, type StatementStatistics } from '../../src/index.ts';
import type { PlantedStatement, PlantedWorld } from './planted-world.ts';

/** A planted workload on a database, ready to be advised on. */
export interface OpenWorld {
  readonly database: Database;
  readonly statements: StatementStatistics;
  /** Runs the workload as its weights say. @param share Of the weights. */
  load(share: number): Promise<void>;
  /**
   * Time of each statement, in milliseconds, over `runs` executions, each after reads of the workload, the frequent ones
   * more often. The same `seed` gives the same values.
   * @param seed @defaultValue 11
   * @param middleOf What stands for a statement's executions. @defaultValue their median
   */
  measure(
    runs: number,
    seed?: number,
    middleOf?: (times: readonly number[]) => number,
  ): Promise<ReadonlyMap<string, number>>;
  /** Executes one statement so many times, with values by `seed`. */
  repeat(statement: PlantedStatement, times: number, seed: number): Promise<void>;
  close(): Promise<void>;
}

/** Caches are warm after one; the sixth execution of a prepared statement is the first that may have a generic plan. */
export const WARM_ROUNDS = 6;

/** A scan in its turn still makes the second statement after it twice as slow: it must not always be the same one. */
const READS_BEFORE = 4;

/** Makes tables and faults. */
export async function openWorld(world: PlantedWorld, url: string, scale: number): Promise<OpenWorld> {
  const settings = {
    connectionString: url,
    minConnections: 0,
    maxConnections: 4,
    statementTimeoutMs: 0,
    leakThresholdMs: 0,
  };
  const maker = createDatabase(settings);
  for (const sql of world.setUp(scale)) await maker.query(sql);
  for (const { sql, fails } of world.faults)
    await maker.query(sql).catch((error: unknown) => {
      if (fails !== true) throw error;
    });
  for (const sql of world.touches) await maker.query(sql);
  await maker.close();
  const statements = createStatementStatistics();
  const database = createDatabase({ ...settings, statementObservers: [statements.observer] });
  const random = createSeededRandom(7);
  const execute = (statement: PlantedStatement, pick: (most: number) => number): Promise<unknown> =>
    database.query(statement.text, statement.values(pick, scale));

  return {
    database,
    statements,
    async load(share) {
      const order = random.shuffle(
        world.statements.flatMap((statement) =>
          Array.from({ length: Math.max(3, Math.round(statement.weight * share)) }, () => statement),
        ),
      );
      for (const statement of order) await execute(statement, (most) => random.integer(1, most));
    },
    async measure(runs, seed = 11, middleOf = medianOf) {
      const times = new Map<string, number[]>();
      const same = createSeededRandom(seed);
      const pick = (most: number): number => same.integer(1, most);
      const reads = world.statements
        .filter(({ writes }) => writes !== true)
        .flatMap((statement) => Array.from({ length: statement.weight }, () => statement));
      for (let run = -WARM_ROUNDS; run < runs; run += 1) {
        for (const statement of world.statements) {
          // What ran before decides what the processor's caches hold: as often as in the workload, not each in its turn.
          for (let other = 0; other < READS_BEFORE; other += 1)
            await execute(reads[pick(reads.length) - 1] ?? statement, pick);
          const startedAt = performance.now();
          await execute(statement, pick);
          if (run >= 0)
            times.set(statement.name, [...(times.get(statement.name) ?? []), performance.now() - startedAt]);
        }
      }
      return new Map([...times].map(([name, list]) => [name, middleOf(list)]));
    },
    async repeat(statement, times, seed) {
      const same = createSeededRandom(seed);
      for (let run = 0; run < times; run += 1) await execute(statement, (most) => same.integer(1, most));
    },
    async close() {
      statements.close();
      await database.close();
    },
  };
}

/** Weighted time of a round of the workload. @public for the benchmark */
export function totalMs(
  world: PlantedWorld,
  times: ReadonlyMap<string, number>,
  part: 'all' | 'writes' = 'all',
): number {
  return world.statements
    .filter(({ writes }) => part === 'all' || writes === true)
    .reduce((sum, { name, weight }) => sum + weight * (times.get(name) ?? 0), 0);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
