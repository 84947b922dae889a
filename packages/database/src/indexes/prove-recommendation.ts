import { nameOf, quoteName, type TableFacts } from './catalogue.ts';
import { statementsOf } from './evaluation.ts';
import type { DropCandidate } from './hygiene.ts';
import type { ResolvedLimits } from './limits.ts';
import { proveChange, type ProofBench } from './proof.ts';
import type { CreateRecommendation, DropRecommendation, IndexProof, Timing } from './recommendation.ts';
import type { BuiltCandidate } from './selection.ts';
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

/** Proves one candidate beside those that are `inPlace`; undefined when its gain is too small. */
export async function proveCreate(
  bench: AdviceBench,
  index: BuiltCandidate,
  inPlace: readonly BuiltCandidate[],
): Promise<ProvenCreate | undefined> {
  const { statements, built, limits } = bench;
  const { table } = index.candidate;
  const absentAfter = built.filter((other) => other !== index && !inPlace.includes(other)).map(({ name }) => name);
  const proof = await proveChange(bench, {
    statements: statementsOf(statements, table).filter(({ written }) => written?.action !== 'insert'),
    absentBefore: [...absentAfter, index.name],
    absentAfter,
    measuredAfter: inPlace.map(({ name }) => name),
  });
  if (proof === undefined) return undefined;
  // What else the machine does only ever adds time: the fastest runs decide, medians are what is shown and promised.
  const { before, after } = proof;
  if (before.minMs < after.minMs * limits.leastGain) return undefined;
  const writes = toTableWrites(statements, table);
  const addedMsPerRow = await measureWriteCost(bench.copy, table, {
    others: absentAfter,
    indexes: [index.name],
    clock: bench.clock,
  });
  const writeMs = Math.max(0, addedMsPerRow) * toIndexedRowCount(writes, index.definition, table);
  const count = proof.affected.reduce((sum, one) => sum + one.count, 0);
  const savedMs = count * (before.minMs - after.minMs) - writeMs;
  if (savedMs <= 0) return undefined;
  const recommendation: CreateRecommendation = {
    kind: 'create',
    id: index.name.replace('dgopt_', 'create-'),
    table: nameOf(table),
    indexName: index.name,
    statement: `create index concurrently ${index.name} ${index.definition}`,
    reason: toCreateReason(proof, count),
    proof,
    sizeBytes: index.sizeBytes,
    writeCost: { addedMsPerRow, ratio: writes.observedMs === 0 ? 0 : writeMs / writes.observedMs },
    savedMs,
  };
  return { recommendation, writeMs };
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

function toCreateReason({ before, after, gain, affected, copiedRatio, method }: IndexProof, count: number): string {
  const where =
    method === 'sample' ? `a sample of ${Math.round(copiedRatio * 100)}% of the rows` : 'a copy of the table';
  const shapes = affected.length === 1 ? 'One statement' : `${affected.length} statements`;
  return `${shapes}, ${count} executions: ${before.medianMs.toFixed(2)} ms -> ${after.medianMs.toFixed(2)} ms, ${gain.toFixed(1)}x on ${where} (${before.runs} runs, ${after.minMs.toFixed(2)}-${after.maxMs.toFixed(2)} ms).`;
}
