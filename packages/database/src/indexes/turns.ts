import type { Queryable } from '../queryable.ts';
import type { Evaluation, Outcome } from './evaluation.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import type { Execution, Trial } from './trial.ts';
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
  /** Gets the mean of this round, by statement. */
  readonly times: Map<WorkloadStatement, number[]>;
  /** Which of the statements' samples come first. */
  readonly turn: number;
}

/** Statements faster than this are run several times a round: they are cheap, and move the most. */
const SHORT_MS = 10;
const RUNS_OF_SHORT = 4;
/**
 * So many others run before the one that comes right before a measured one: a statement that ran a moment ago finds its
 * plan, its pages and the code of its path still in the processor's caches, one that has its turn among a workload does not.
 */
const EARLIER_COUNT = 7;
/** Once the others have taken so long, what came before them has left nothing in the caches. */
const EARLIER_MS = 10;
/** A statement that takes longer is none to run between others: a proof takes long enough. */
const LONGEST_BETWEEN_MS = 60;
const BOTH_WAYS: readonly Execution['mode'][] = ['custom', 'generic'];
/** Steps of this share visit everything evenly (golden ratio; Weyl, 1916). */
const STEP = 0.618_033_988_749_895;

/**
 * Measures statements as the application runs them: after several others of the workload, the frequent ones more often. A
 * plan that has the processor's caches to itself looks up to four times too good, and a short one is mostly what came
 * before it.
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
  const warm = { custom: new Set<WorkloadStatement>(), generic: new Set<WorkloadStatement>() };
  const knownMsOf = (statement: WorkloadStatement): number => known.get(statement)?.meanMs ?? 0;
  const modeOf = (statement: WorkloadStatement): Execution['mode'] => known.get(statement)?.mode ?? 'custom';
  /** Taking indexes away empties the session's caches of the catalogue and of plans: the first run pays for that. */
  const warmUp = async (statement: WorkloadStatement, mode: Execution['mode']): Promise<void> => {
    if (!warm[mode].has(statement)) await trial.runLast(sql, [{ statement, mode, turn }]);
    warm[mode].add(statement);
  };
  const pick = toWeightedPick(between);
  let step = turn;
  let earlierStep = turn;
  /** What runs before that statement: the one right before it last, of the others as many as leave something behind. */
  const pickBefore = (statement: WorkloadStatement, mode: Execution['mode']): readonly Execution[] => {
    const last = pick((step += 1));
    if (last === undefined) return [];
    const before: Execution[] = [{ statement: last, mode: toLastMode(known.get(last), mode), turn: step }];
    if (knownMsOf(statement) > SHORT_MS) return before;
    // Backwards from the last one, so that what is left out is what matters least.
    let leftMs = EARLIER_MS - knownMsOf(last);
    while (before.length <= EARLIER_COUNT && leftMs > 0) {
      const other = pick((earlierStep += 1)) ?? last;
      leftMs -= knownMsOf(other);
      before.unshift({ statement: other, mode: modeOf(other), turn: earlierStep });
    }
    return before;
  };
  for (const statement of group) {
    const list = times.get(statement) ?? [];
    times.set(statement, list);
    const ways = known.get(statement)?.isTossUp === true ? BOTH_WAYS : [modeOf(statement)];
    const means: number[] = [];
    for (const mode of ways) means.push(await runRound(statement, mode));
    // Right within a factor of two whichever way the server takes, if one is up to four times as slow as the other.
    list.push(Math.sqrt((means[0] ?? 0) * (means.at(-1) ?? 0)));
  }

  async function runRound(statement: WorkloadStatement, mode: Execution['mode']): Promise<number> {
    await warmUp(statement, mode);
    const round: number[] = [];
    for (let run = 0; run < RUNS_OF_SHORT && (round.at(-1) ?? 0) <= SHORT_MS; run += 1) {
      const before = pickBefore(statement, mode);
      for (const other of before) if (knownMsOf(other.statement) <= SHORT_MS) await warmUp(other.statement, other.mode);
      round.push(await trial.runLast(sql, [...before, { statement, mode, turn: turn + run }]));
    }
    return meanOf(round);
  }
}

/**
 * How the one right before is planned: as what follows, so that no setting has to be made between the two. Not where it
 * could become a slow one by that, as a plan for all values may.
 */
function toLastMode(outcome: Outcome | undefined, mode: Execution['mode']): Execution['mode'] {
  return mode === 'generic' && outcome?.mode === 'custom' && outcome.meanMs <= SHORT_MS ? 'custom' : mode;
}

/**
 * Not the median: a short statement takes up to three times as long right after a scan, so that its times are of two kinds,
 * and a few runs more of one kind would move a median from one to the other.
 */
function meanOf(times: readonly number[]): number {
  return times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length);
}

/** Statements by how often they run, in an order that is the same each time. */
function toWeightedPick(statements: readonly WorkloadStatement[]): (step: number) => WorkloadStatement | undefined {
  const total = statements.reduce((sum, { count }) => sum + count, 0);
  return (step) => {
    let left = ((step * STEP) % 1) * total;
    return statements.find(({ count }) => (left -= count) < 0) ?? statements.at(-1);
  };
}
