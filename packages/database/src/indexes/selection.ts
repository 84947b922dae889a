import type { IndexCandidate } from './candidates.ts';
import type { TableFacts } from './catalogue.ts';
import { statementsOf, totalOf, type Evaluation } from './evaluation.ts';
import type { ResolvedLimits } from './limits.ts';
import type { WorkloadStatement } from './workload.ts';

/** A candidate that exists on the copy. */
export interface BuiltCandidate {
  readonly name: string;
  readonly candidate: IndexCandidate;
  readonly definition: string;
  /** Scaled to the full table. */
  readonly sizeBytes: number;
}

/** What a selection decides about. */
export interface SelectionInput {
  readonly statements: readonly WorkloadStatement[];
  readonly built: readonly BuiltCandidate[];
  readonly evaluation: Evaluation;
  readonly limits: ResolvedLimits;
  /** Time that the index adds to the writes of the workload. */
  readonly writeMsOf: (index: BuiltCandidate) => Promise<number>;
}

/**
 * A smaller index may make the statements of its table slower by this share of what they take with the larger one. Not a
 * share of what that saves: a tenth of 25 ms saved is ten times the 0.2 ms that are left.
 */
const SWAP_LOSS_RATIO = 0.05;
const SMALLER_RATIO = 0.85;

/**
 * The set of candidates that is worth its price, the most saving first.
 *
 * All candidates stand on the copy at once, and the planner says which it wants. From those the least useful is taken
 * away as long as that costs less than it brings (time of its writes included), and each that is left is exchanged for a
 * smaller one that does nearly the same: one index that serves two statements wins over two that serve one each.
 */
export async function selectIndexes(input: SelectionInput): Promise<readonly BuiltCandidate[]> {
  const { statements, built, evaluation } = input;
  const wanted = await evaluation.evaluate(statements, []);
  const names = new Set([...wanted.values()].flatMap(({ indexes }) => [...indexes]));
  const kept = built.filter(({ name }) => names.has(name));
  // Of what is left, not of what was: where one index saves nearly all, the others still matter for the rest.
  const leastMs = totalOf(wanted) * input.limits.leastSavedRatio;
  await eliminate(input, kept, leastMs);
  await exchange(input, kept);
  await eliminate(input, kept, leastMs);
  await fitBudget(input, kept);
  return order(input, kept);
}

function namesOf(indexes: readonly BuiltCandidate[]): string[] {
  return indexes.map(({ name }) => name);
}

/** Names of everything built that is not in `kept`. */
function absentBeside(built: readonly BuiltCandidate[], kept: readonly BuiltCandidate[]): string[] {
  return namesOf(built.filter((index) => !kept.includes(index)));
}

async function timeWith(input: SelectionInput, kept: readonly BuiltCandidate[], table: TableFacts): Promise<number> {
  const touched = statementsOf(input.statements, table);
  return totalOf(await input.evaluation.evaluate(touched, absentBeside(input.built, kept)));
}

/** What would be lost without `index`, writes subtracted. */
async function worthOf(input: SelectionInput, kept: readonly BuiltCandidate[], index: BuiltCandidate): Promise<number> {
  const { table } = index.candidate;
  const others = kept.filter((other) => other !== index);
  const withoutMs = await timeWith(input, others, table);
  return withoutMs - (await timeWith(input, kept, table)) - (await input.writeMsOf(index));
}

async function eliminate(input: SelectionInput, kept: BuiltCandidate[], leastMs: number): Promise<void> {
  const worths = new Map<BuiltCandidate, number>();
  while (kept.length > 0) {
    for (const index of kept) if (!worths.has(index)) worths.set(index, await worthOf(input, kept, index));
    // Of two that are worth as little, the larger one goes.
    const least = kept.reduce((one, other) => {
      const difference = (worths.get(one) ?? 0) - (worths.get(other) ?? 0);
      return Math.abs(difference) < leastMs / 10
        ? one.sizeBytes > other.sizeBytes
          ? one
          : other
        : difference < 0
          ? one
          : other;
    });
    if ((worths.get(least) ?? 0) >= leastMs) return;
    kept.splice(kept.indexOf(least), 1);
    const touched = new Set(statementsOf(input.statements, least.candidate.table).flatMap(({ tables }) => tables));
    for (const index of kept) if (touched.has(index.candidate.table)) worths.delete(index);
  }
}

async function exchange(input: SelectionInput, kept: BuiltCandidate[]): Promise<void> {
  for (const [place, index] of kept.entries()) {
    const { table } = index.candidate;
    const nowMs = await timeWith(input, kept, table);
    const smaller = input.built
      .filter((other) => other.candidate.table === table && !kept.includes(other))
      .filter((other) => other.sizeBytes < index.sizeBytes * SMALLER_RATIO || isSimpler(other, index))
      .toSorted((one, other) => one.sizeBytes - other.sizeBytes);
    for (const other of smaller) {
      const exchanged = kept.map((member) => (member === index ? other : member));
      const lossMs = (await timeWith(input, exchanged, table)) - nowMs;
      if (lossMs > nowMs * SWAP_LOSS_RATIO) continue;
      kept[place] = other;
      break;
    }
  }
}

/** Not larger and with fewer columns: of two that do the same, what the machine did meanwhile must not decide. */
function isSimpler(one: BuiltCandidate, other: BuiltCandidate): boolean {
  const [own, others] = [one, other].map(({ candidate: { keys, included } }) => keys.length + included.length);
  return one.sizeBytes <= other.sizeBytes && (own ?? 0) < (others ?? 0);
}

async function fitBudget(input: SelectionInput, kept: BuiltCandidate[]): Promise<void> {
  while (kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > input.limits.maxTotalBytes) {
    const perByte = new Map<BuiltCandidate, number>();
    for (const index of kept) perByte.set(index, (await worthOf(input, kept, index)) / Math.max(1, index.sizeBytes));
    const least = kept.reduce((one, other) => ((perByte.get(one) ?? 0) <= (perByte.get(other) ?? 0) ? one : other));
    kept.splice(kept.indexOf(least), 1);
  }
}

/** The one that saves most by itself first, then the one that saves most beside it, and so on. */
async function order(input: SelectionInput, kept: readonly BuiltCandidate[]): Promise<readonly BuiltCandidate[]> {
  const ordered: BuiltCandidate[] = [];
  const left = [...kept];
  while (left.length > 0) {
    const saved = new Map<BuiltCandidate, number>();
    for (const index of left) {
      const { table } = index.candidate;
      saved.set(index, (await timeWith(input, ordered, table)) - (await timeWith(input, [...ordered, index], table)));
    }
    const best = left.reduce((one, other) => ((saved.get(one) ?? 0) >= (saved.get(other) ?? 0) ? one : other));
    ordered.push(best);
    left.splice(left.indexOf(best), 1);
  }
  return ordered;
}
