import type { TableFacts } from './catalogue.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import type { Intention, Planned, Trial } from './trial.ts';
import type { WorkloadStatement } from './workload.ts';

/** How a statement fares with a set of indexes. */
export interface Outcome {
  readonly meanMs: number;
  readonly mode: Planned['mode'];
  /** The server may as well plan it the other way; see {@link Planned}. */
  readonly isTossUp: boolean;
  readonly cost: number;
  readonly indexes: ReadonlySet<string>;
}

/** Answers how fast statements are with sets of indexes, without measuring the same plan twice. */
export interface Evaluation {
  /** @param absent Names of indexes on the copy that are taken away. */
  evaluate(
    statements: readonly WorkloadStatement[],
    absent: readonly string[],
  ): Promise<ReadonlyMap<WorkloadStatement, Outcome>>;
  /** How many plans were executed. */
  readonly measuredCount: number;
}

const RUNS = 3;
/** A short plan is mostly what else the machine does: it is run more often, which costs little. */
const RUNS_OF_SHORT = 8;
const SHORT_MS = 2;

/**
 * Sets of indexes are compared by measured times of the plans that the planner chooses with them: a plan is executed
 * the first time that it is seen, and remembered for the statement by its shape.
 * @param tableOf The table of each index, by name.
 */
export function createEvaluation(
  copy: ScratchCopy,
  trial: Trial,
  tableOf: ReadonlyMap<string, TableFacts>,
): Evaluation {
  const times = new Map<WorkloadStatement, Map<string, number>>();
  const answers = new Map<WorkloadStatement, Map<string, Outcome>>();
  let measuredCount = 0;
  return {
    get measuredCount() {
      return measuredCount;
    },
    async evaluate(statements, absent) {
      const outcomes = new Map<WorkloadStatement, Outcome>();
      const keys = new Map<WorkloadStatement, string>();
      for (const statement of statements) {
        // Indexes of other tables change nothing.
        const key = absent
          .filter((name) => statement.tables.some((table) => tableOf.get(name) === table))
          .toSorted()
          .join();
        keys.set(statement, key);
        const known = answers.get(statement)?.get(key);
        if (known !== undefined) outcomes.set(statement, known);
      }
      for (const isRead of [true, false]) {
        const group = statements.filter((statement) => statement.isRead === isRead && !outcomes.has(statement));
        if (group.length === 0) continue;
        await copy.without(
          absent,
          async (sql) => {
            for (const statement of group) {
              const { intentions, mode, isTossUp } = await trial.plan(sql, statement);
              const known = times.get(statement) ?? new Map<string, number>();
              times.set(statement, known);
              const shape = `${mode}:${intentions.map((intention) => intention.shape).join(';')}`;
              let meanMs = known.get(shape);
              if (meanMs === undefined) {
                meanMs = statement.isExecutable
                  ? await measure(() => trial.run(sql, statement, mode))
                  : costOf(intentions) * MS_PER_COST;
                measuredCount += 1;
                known.set(shape, meanMs);
              }
              const outcome: Outcome = {
                meanMs,
                mode,
                isTossUp,
                cost: costOf(intentions),
                indexes: new Set(intentions.flatMap((intention) => [...intention.indexes])),
              };
              outcomes.set(statement, outcome);
              const answered = answers.get(statement) ?? new Map<string, Outcome>();
              answers.set(statement, answered.set(keys.get(statement) ?? '', outcome));
            }
          },
          isRead,
        );
      }
      return outcomes;
    },
  };
}

/** Rough, for the few statements that must not be executed: a sequential page costs 1 and takes about 10 us. */
const MS_PER_COST = 0.01;

async function measure(run: () => Promise<number>): Promise<number> {
  // The first run fills caches, of plans too. A second of waiting is evidence enough.
  const first = await run();
  if (first > 1_000) return first;
  const times: number[] = [];
  const rounds = first < SHORT_MS ? RUNS_OF_SHORT : RUNS;
  for (let round = 0; round < rounds; round += 1) times.push(await run());
  return Math.min(...times);
}

function costOf(intentions: readonly Intention[]): number {
  return intentions.reduce((sum, { cost }) => sum + cost, 0) / Math.max(1, intentions.length);
}

/** Time of all executions. */
export function totalOf(outcomes: ReadonlyMap<WorkloadStatement, Outcome>): number {
  return [...outcomes].reduce((sum, [statement, { meanMs }]) => sum + statement.count * meanMs, 0);
}

/** Statements that a change of `table`'s indexes can touch. */
export function statementsOf(
  statements: readonly WorkloadStatement[],
  table: TableFacts,
): readonly WorkloadStatement[] {
  return statements.filter(({ tables }) => tables.includes(table));
}
