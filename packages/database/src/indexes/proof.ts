import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import type { Outcome } from './evaluation.ts';
import type { AffectedStatement, IndexProof, Timing } from './recommendation.ts';
import { measureInTurns, type TurnsBench } from './turns.ts';
import type { WorkloadStatement } from './workload.ts';

/** What proofs run on. */
export interface ProofBench extends TurnsBench {
  readonly clock: Clock;
  readonly runs: number;
  /** By how much the application's way to a fast answer is longer than the copy's; see {@link measureClientMs}. */
  readonly clientMs: number;
}

/** Two sets of indexes, by the names of those that are taken away. */
export interface ProofQuestion {
  readonly statements: readonly WorkloadStatement[];
  readonly absentBefore: readonly string[];
  readonly absentAfter: readonly string[];
  /** Recommendations in place on both sides. */
  readonly measuredAfter: readonly string[];
}

/** A statement whose time changes by less than this is not counted as affected unless its plan names the index. */
const NOTICEABLE_RATIO = 0.15;

/**
 * Measures statements with two sets of indexes, in turns so that what else the machine does falls on both sides.
 * @returns undefined when no statement is affected.
 */
export async function proveChange(bench: ProofBench, question: ProofQuestion): Promise<IndexProof | undefined> {
  const { statements, absentBefore, absentAfter } = question;
  const before = await bench.evaluation.evaluate(statements, absentBefore);
  const after = await bench.evaluation.evaluate(statements, absentAfter);
  const touched = statements.filter((statement) => isAffected(before.get(statement), after.get(statement)));
  if (touched.length === 0) return undefined;
  const overhead = await measureOverhead(bench);
  const beforeRuns = new Map<WorkloadStatement, number[]>();
  const afterRuns = new Map<WorkloadStatement, number[]>();
  for (let round = 0; round < bench.runs; round += 1) {
    const turn = round * RUNS_PER_ROUND;
    await measureInTurns(bench, touched, { absent: absentBefore, times: beforeRuns, turn });
    await measureInTurns(bench, touched, { absent: absentAfter, times: afterRuns, turn });
  }
  const affected = touched.map((statement): AffectedStatement => {
    const scale = 1 / Math.min(...statement.tables.map((table) => bench.copy.ratioOf(table)));
    const outcomes = [before.get(statement), after.get(statement)] as const;
    const [first, last] = [beforeRuns.get(statement), afterRuns.get(statement)].map((runs, side) =>
      atClient(
        toTiming((runs ?? [outcomes[side]?.meanMs ?? 0]).map((ms) => toFullMs(ms, scale, overhead.medianMs))),
        bench.clientMs,
      ),
    );
    if (first === undefined || last === undefined) throw new TypeError('unreachable');
    const { fingerprint, statement: text, count } = statement;
    return { fingerprint, statement: text, count, before: first, after: last, gain: first.medianMs / last.medianMs };
  });
  const copiedRatio = Math.min(...touched.flatMap(({ tables }) => tables.map((table) => bench.copy.ratioOf(table))));
  const beforeMean = meanTiming(affected, ({ before: timing }) => timing);
  const afterMean = meanTiming(affected, ({ after: timing }) => timing);
  return {
    method: copiedRatio < 1 ? 'sample' : 'copy',
    before: beforeMean,
    after: afterMean,
    gain: beforeMean.medianMs / afterMean.medianMs,
    affected,
    plannerGain: costOf(touched, before) / Math.max(Number.MIN_VALUE, costOf(touched, after)),
    measuredAfter: question.measuredAfter,
    copiedRatio,
  };
}

function isAffected(before: Outcome | undefined, after: Outcome | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const isSamePlan =
    before.indexes.size === after.indexes.size && [...before.indexes].every((name) => after.indexes.has(name));
  if (isSamePlan) return false;
  return Math.abs(before.meanMs - after.meanMs) > NOTICEABLE_RATIO * Math.min(before.meanMs, after.meanMs);
}

/** Samples of a statement that a round may use. */
const RUNS_PER_ROUND = 3;
const OVERHEAD_RUNS = 9;

/** What any statement takes: the way to the server and back. */
async function measureOverhead({ copy, clock }: ProofBench): Promise<Timing> {
  return copy.without([], async (sql) => {
    const times: number[] = [];
    for (let run = 0; run < OVERHEAD_RUNS; run += 1) {
      const startedAt = clock.monotonic();
      await sql.query('explain select 1');
      times.push(clock.monotonic() - startedAt);
    }
    return toTiming(times);
  });
}

/** A sample holds a share of the rows that a plan reads: its time grows with them, the way to the server does not. */
function toFullMs(ms: number, scale: number, overheadMs: number): number {
  return scale <= 1 ? ms : Math.min(ms, overheadMs) + Math.max(0, ms - overheadMs) * scale;
}

/**
 * A plan of a few microseconds is promised too much where only the copy is asked: the pool, the protocol and what else the
 * application's processor does stay the same. The least is left as it is, because it decides and is not promised.
 */
function atClient(timing: Timing, clientMs: number): Timing {
  return { ...timing, medianMs: timing.medianMs + clientMs, maxMs: timing.maxMs + clientMs };
}

const PROBE_ROUNDS = 60;
/** Names this package, so that no statistics count it; never from a cache. */
const PROBE = 'select clock_timestamp() as dgopt_probe';
/** A statement faster than this is mostly its way to the server. */
const FAST_MS = 1;
const OBSERVED_ROUNDS = 8;
const MOST_PROBES = 4;

/**
 * By how much longer the application waits for a fast answer than the copy's own session does.
 *
 * At least what an answer takes longer through the pool, asked in turns and now, under the same load. Else by how much
 * the fastest tenth of what was observed is above the copy, up to a few times that: what is beyond it was slow for
 * reasons that go away with the statements that are to become faster.
 */
export async function measureClientMs(
  bench: TurnsBench & Pick<ProofBench, 'clock'>,
  pool: Queryable,
  built: readonly string[],
): Promise<number> {
  const probedMs = await probePool(bench, pool);
  return Math.max(probedMs, Math.min(probedMs * MOST_PROBES, await measureObservedMs(bench, built)));
}

async function probePool({ copy, clock }: Pick<ProofBench, 'copy' | 'clock'>, pool: Queryable): Promise<number> {
  return copy.without([], async (session) => {
    const times = new Map<Queryable, number[]>([
      [pool, []],
      [session, []],
    ]);
    for (let round = 0; round < PROBE_ROUNDS; round += 1)
      for (const way of round % 2 === 0 ? [pool, session] : [session, pool]) {
        const startedAt = clock.monotonic();
        await way.query(PROBE);
        times.get(way)?.push(clock.monotonic() - startedAt);
      }
    const [pooled, direct] = [pool, session].map((way) => toTiming(times.get(way) ?? []).medianMs);
    return Math.max(0, (pooled ?? 0) - (direct ?? 0));
  });
}

/** Of several fast statements the most frequent ones count most. */
async function measureObservedMs(bench: TurnsBench, built: readonly string[]): Promise<number> {
  const reads = bench.statements.filter(({ isExecutable, isRead, medianMs }) => isExecutable && isRead && medianMs > 0);
  const outcomes = await bench.evaluation.evaluate(reads, built);
  const fast = reads.filter((statement) => (outcomes.get(statement)?.meanMs ?? FAST_MS) < FAST_MS);
  const times = new Map<WorkloadStatement, number[]>();
  for (let round = 0; round < OBSERVED_ROUNDS; round += 1)
    await measureInTurns(bench, fast, { absent: built, times, turn: round * RUNS_PER_ROUND });
  const added = fast
    .map((one) => ({ ms: one.p10Ms - toTiming(times.get(one) ?? []).minMs, count: one.count }))
    .toSorted((one, other) => one.ms - other.ms);
  let left = added.reduce((sum, { count }) => sum + count, 0) / 2;
  return added.find(({ count }) => (left -= count) <= 0)?.ms ?? 0;
}

/** Median, least and most. */
export function toTiming(times: readonly number[]): Timing {
  const sorted = times.toSorted((one, other) => one - other);
  return {
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
    minMs: sorted[0] ?? 0,
    maxMs: sorted.at(-1) ?? 0,
    runs: sorted.length,
  };
}

function meanTiming(affected: readonly AffectedStatement[], pick: (one: AffectedStatement) => Timing): Timing {
  const count = affected.reduce((sum, one) => sum + one.count, 0);
  const mean = (of: (timing: Timing) => number): number =>
    affected.reduce((sum, one) => sum + one.count * of(pick(one)), 0) / Math.max(1, count);
  return {
    medianMs: mean(({ medianMs }) => medianMs),
    minMs: mean(({ minMs }) => minMs),
    maxMs: mean(({ maxMs }) => maxMs),
    runs: Math.min(...affected.map((one) => pick(one).runs)),
  };
}

function costOf(statements: readonly WorkloadStatement[], outcomes: ReadonlyMap<WorkloadStatement, Outcome>): number {
  return statements.reduce((sum, statement) => sum + statement.count * (outcomes.get(statement)?.cost ?? 0), 0);
}
