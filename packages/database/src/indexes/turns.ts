import type { Queryable } from '../queryable.ts';
import type { Evaluation, Outcome } from './evaluation.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import type { Trial } from './trial.ts';
import type { WorkloadStatement } from './workload.ts';

/** What measuring in turns works on. */
export interface TurnsBench {
  readonly copy: ScratchCopy;
  readonly trial: Trial;
  readonly evaluation: Evaluation;
  /** The whole workload: what runs between the statements that are measured. */
  readonly statements: readonly WorkloadStatement[];
}

/** One side of a comparison. */
export interface Side {
  /** Names of indexes that are taken away. */
  readonly absent: readonly string[];
  /** Gets the median of this round, by statement. */
  readonly times: Map<WorkloadStatement, number[]>;
  /** Which of the statements' samples come first. */
  readonly turn: number;
}

/** Statements faster than this are run several times a round: they are cheap, and move the most. */
const SHORT_MS = 10;
const RUNS_OF_SHORT = 4;
/** A statement that takes longer is none to run between others: a proof takes long enough. */
const LONGEST_BETWEEN_MS = 60;
/** Steps of this share visit everything evenly (golden ratio; Weyl, 1916). */
const STEP = 0.618_033_988_749_895;

/**
 * Measures statements as the application runs them: between others of the workload, the frequent ones more often. A plan
 * that has the processor's caches to itself looks up to four times too good, and a short one is mostly what came before it.
 */
export async function measureInTurns(
  bench: TurnsBench,
  measured: readonly WorkloadStatement[],
  side: Side,
): Promise<void> {
  const readable = bench.statements.filter(({ isExecutable, isRead }) => isExecutable && isRead);
  const known = await bench.evaluation.evaluate([...new Set([...readable, ...measured])], side.absent);
  const between = readable.filter((statement) => (known.get(statement)?.meanMs ?? 0) <= LONGEST_BETWEEN_MS);
  for (const isRead of [true, false]) {
    const group = measured.filter((statement) => statement.isExecutable && statement.isRead === isRead);
    if (group.length === 0) continue;
    const work = (sql: Queryable): Promise<void> =>
      runGroup(sql, group, { ...side, trial: bench.trial, known, between });
    await bench.copy.without(side.absent, work, isRead);
  }
}

interface GroupRun extends Side {
  readonly trial: Trial;
  readonly known: ReadonlyMap<WorkloadStatement, Outcome>;
  readonly between: readonly WorkloadStatement[];
}

async function runGroup(
  sql: Queryable,
  group: readonly WorkloadStatement[],
  { trial, known, between, times, turn }: GroupRun,
): Promise<void> {
  const warm = new Set<WorkloadStatement>();
  const runOne = (statement: WorkloadStatement, place: number): Promise<number> =>
    trial.runOne(sql, statement, { mode: known.get(statement)?.mode ?? 'custom', turn: place });
  /** Taking indexes away empties the session's caches of the catalogue and of plans: the first run pays for that. */
  const warmUp = async (statement: WorkloadStatement, place: number): Promise<void> => {
    if (!warm.has(statement)) await runOne(statement, place);
    warm.add(statement);
  };
  const pick = toWeightedPick(between);
  let step = turn;
  for (const statement of group) {
    const list = times.get(statement) ?? [];
    times.set(statement, list);
    await warmUp(statement, turn);
    const round: number[] = [];
    for (let run = 0; run < RUNS_OF_SHORT && (round.at(-1) ?? 0) <= SHORT_MS; run += 1) {
      step += 1;
      const other = pick(step);
      if (other !== undefined) {
        await warmUp(other, step);
        await runOne(other, step);
      }
      round.push(await runOne(statement, turn + run));
    }
    list.push(medianOf(round));
  }
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

/** Statements by how often they run, in an order that is the same each time. */
function toWeightedPick(statements: readonly WorkloadStatement[]): (step: number) => WorkloadStatement | undefined {
  const total = statements.reduce((sum, { count }) => sum + count, 0);
  return (step) => {
    let left = ((step * STEP) % 1) * total;
    return statements.find(({ count }) => (left -= count) < 0) ?? statements.at(-1);
  };
}
