import { nameOf, quoteName, type TableFacts } from './catalogue.ts';
import { statementsOf } from './evaluation.ts';
import type { DropCandidate } from './hygiene.ts';
import type { ResolvedLimits } from './limits.ts';
import { proveChange, type ProofBench, type ProofQuestion } from './proof.ts';
import type { CreateRecommendation, DropRecommendation, IndexProof, NewIndex, Timing } from './recommendation.ts';
import type { BuiltCandidate } from './selection.ts';
import type { WorkloadStatement } from './workload.ts';
import { measureWriteCost, toIndexedRowCount, toTableWrites } from './write-cost.ts';

/** A copy with the workload and all candidates on it. */
export interface AdviceBench extends ProofBench {
  readonly built: readonly BuiltCandidate[];
  readonly limits: ResolvedLimits;
}

/** A new index that is worth it, and the time it adds to the workload's writes. */
export interface ProvenCreate {
  readonly recommendation: CreateRecommendation;
  readonly writeMs: number;
  /** The same, measured once more. Undefined when it is not worth it this time. */
  measureAgain(): Promise<CreateRecommendation | undefined>;
}

/** A statement may become slower by this much before a drop is wrong. */
const MOST_LOSS = 1.1;
const LEAST_DIFFERENCE_MS = 0.05;
const NO_TIME: Timing = { medianMs: 0, minMs: 0, maxMs: 0, runs: 0 };
const NOTHING_MEASURED: IndexProof = {
  method: 'catalogue',
  before: NO_TIME,
  after: NO_TIME,
  gain: 1,
  affected: [],
  plannerGain: 1,
  measuredAfter: [],
  copiedRatio: 1,
};

/**
 * Proves candidates, mostly one, beside those that are `inPlace`; several only as a whole. Undefined when the gain is too
 * small.
 */
export async function proveCreate(
  bench: AdviceBench,
  indexes: readonly BuiltCandidate[],
  inPlace: readonly BuiltCandidate[],
): Promise<ProvenCreate | undefined> {
  const { statements, built, limits } = bench;
  const [index] = indexes;
  if (index === undefined) return undefined;
  const absentAfter = namesOf(built.filter((other) => !indexes.includes(other) && !inPlace.includes(other)));
  const touched = new Set(indexes.flatMap(({ candidate }) => statementsOf(statements, candidate.table)));
  const question: ProofQuestion = {
    statements: [...touched].filter(({ written }) => written?.action !== 'insert'),
    absentBefore: [...absentAfter, ...namesOf(indexes)],
    absentAfter,
    measuredAfter: namesOf(inPlace),
  };
  const proof = await proveChange(bench, question);
  if (proof === undefined || !isGain(proof, limits)) return undefined;
  const prices: Price[] = [];
  for (const one of indexes) prices.push(await priceOf(bench, one, absentAfter));
  const priced: Priced = { statements, index, indexes, prices };
  const recommendation = toRecommendation(proof, priced);
  if (recommendation === undefined) return undefined;
  return {
    recommendation,
    writeMs: sumWriteMs(prices),
    async measureAgain() {
      const again = await proveChange(bench, question);
      return again === undefined || !isGain(again, limits) ? undefined : toRecommendation(again, priced);
    },
  };
}

/**
 * What else the machine does only ever adds time: the fastest runs decide, medians are what is shown and promised, and
 * nobody is shown a promise that is none.
 */
function isGain({ before, after, gain }: IndexProof, { leastGain }: ResolvedLimits): boolean {
  return before.minMs >= after.minMs * leastGain && gain >= leastGain;
}

interface Priced {
  readonly statements: readonly WorkloadStatement[];
  /** The first of them, which names them. */
  readonly index: BuiltCandidate;
  readonly indexes: readonly BuiltCandidate[];
  readonly prices: readonly Price[];
}

/** Undefined when writing the indexes costs more time than they save. */
function toRecommendation(
  proof: IndexProof,
  { statements, index, indexes, prices }: Priced,
): CreateRecommendation | undefined {
  const writeMs = sumWriteMs(prices);
  const tables = new Set(indexes.map(({ candidate }) => candidate.table));
  const observedMs = [...tables].reduce((sum, table) => sum + toTableWrites(statements, table).observedMs, 0);
  const count = proof.affected.reduce((sum, one) => sum + one.count, 0);
  const savedMs = count * (proof.before.minMs - proof.after.minMs) - writeMs;
  if (savedMs <= 0) return undefined;
  const made = indexes.map(toNewIndex);
  return {
    kind: 'create',
    id: index.name.replace('dgopt_', 'create-'),
    table: nameOf(index.candidate.table),
    indexName: index.name,
    statement: made.map(({ statement }) => statement).join(';\n'),
    reason: toCreateReason(proof, count, made.length),
    proof,
    sizeBytes: made.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    writeCost: {
      addedMsPerRow: prices.reduce((sum, { addedMsPerRow }) => sum + addedMsPerRow, 0),
      ratio: observedMs === 0 ? 0 : writeMs / observedMs,
    },
    savedMs,
    ...(made.length === 1 ? {} : { indexes: made }),
  };
}

/** What several add to the writes of the workload. */
export function sumWriteMs(added: readonly { readonly writeMs: number }[]): number {
  return added.reduce((sum, { writeMs }) => sum + writeMs, 0);
}

function namesOf(indexes: readonly BuiltCandidate[]): string[] {
  return indexes.map(({ name }) => name);
}

function toNewIndex({ name, candidate, definition, sizeBytes }: BuiltCandidate): NewIndex {
  const statement = `create index concurrently ${name} ${definition}`;
  return { indexName: name, table: nameOf(candidate.table), statement, sizeBytes };
}

/** What an index adds to writes: to one row, and to those of the workload. */
interface Price {
  readonly addedMsPerRow: number;
  readonly writeMs: number;
}

async function priceOf(bench: AdviceBench, index: BuiltCandidate, others: readonly string[]): Promise<Price> {
  const { table } = index.candidate;
  const writes = toTableWrites(bench.statements, table);
  const cost = { others, indexes: [index.name], clock: bench.clock };
  const addedMsPerRow = await measureWriteCost(bench.copy, table, cost);
  return {
    addedMsPerRow,
    writeMs: Math.max(0, addedMsPerRow) * toIndexedRowCount(writes, index.definition, table),
  };
}

/** Proves that nothing misses an index; undefined when something does. */
export async function proveDrop(
  bench: AdviceBench,
  { table, index, cause, evidence }: DropCandidate,
  dropped: readonly string[],
): Promise<DropRecommendation | undefined> {
  const absent = [...bench.built.map(({ name }) => name), ...dropped];
  const isOnCopy = index.isValid && bench.copy.has(table);
  const touched = statementsOf(bench.statements, table);
  let proof = NOTHING_MEASURED;
  if (isOnCopy && touched.length > 0) {
    const measured = await proveChange(bench, {
      statements: touched.filter(({ written }) => written?.action !== 'insert'),
      absentBefore: absent,
      absentAfter: [...absent, index.name],
      measuredAfter: dropped,
    });
    proof = measured ?? { ...NOTHING_MEASURED, method: 'copy' };
    const isMissed = proof.affected.some(
      // The least as well as the median: on a busy machine one of them alone moves by itself.
      ({ before, after }) =>
        after.medianMs > before.medianMs * MOST_LOSS &&
        after.minMs > before.minMs * MOST_LOSS &&
        after.medianMs - before.medianMs > LEAST_DIFFERENCE_MS,
    );
    if (isMissed) return undefined;
  }
  const costPerRow = isOnCopy
    ? await measureWriteCost(bench.copy, table, { others: absent, indexes: [index.name], clock: bench.clock })
    : 0;
  const writes = toTableWrites(bench.statements, table);
  const writeMs = Math.max(0, costPerRow) * toIndexedRowCount(writes, index.definition, table);
  return {
    kind: 'drop',
    id: `drop-${index.objectId.toString(36)}-${index.name}`,
    table: nameOf(table),
    indexName: index.name,
    cause,
    statement: `drop index concurrently ${toIndexPath(table, index.name)}`,
    restore: index.definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY '),
    reason: evidence,
    proof,
    sizeBytes: index.sizeBytes,
    writeCost: {
      addedMsPerRow: -Math.max(0, costPerRow),
      ratio: writes.observedMs === 0 ? 0 : -writeMs / writes.observedMs,
    },
    savedMs: writeMs,
  };
}

function toIndexPath({ schema }: TableFacts, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

function toCreateReason(
  { before, after, gain, affected, copiedRatio, method }: IndexProof,
  count: number,
  indexCount: number,
): string {
  const together = indexCount === 1 ? '' : ` All ${indexCount} indexes together: none helps without the others.`;
  const where =
    method === 'sample' ? `a sample of ${Math.round(copiedRatio * 100)}% of the rows` : 'a copy of the table';
  const shapes = affected.length === 1 ? 'One statement' : `${affected.length} statements`;
  return `${shapes}, ${count} executions: ${before.medianMs.toFixed(2)} ms -> ${after.medianMs.toFixed(2)} ms, ${gain.toFixed(1)}x on ${where} (${before.runs} runs, ${after.minMs.toFixed(2)}-${after.maxMs.toFixed(2)} ms).${together}`;
}
