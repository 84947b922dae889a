import { createHash } from 'node:crypto';
import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import { toCandidates, toDefinition, type IndexCandidate } from './candidates.ts';
import { nameOf, readCatalogue, type Catalogue, type TableFacts } from './catalogue.ts';
import { createEvaluation } from './evaluation.ts';
import { readForeignKeyChecks } from './foreign-key-checks.ts';
import { findBloated, inspectIndexes } from './hygiene.ts';
import type { ResolvedLimits } from './limits.ts';
import type { IndexManifest } from './manifest.ts';
import { measureClientMs } from './proof.ts';
import { proveCreate, proveDrop, sumWriteMs, type AdviceBench, type ProvenCreate } from './prove-recommendation.ts';
import { toNewIndexes, type IndexAdvice, type IndexRecommendation } from './recommendation.ts';
import { openScratchCopy, type ScratchCopy } from './scratch-copy.ts';
import { selectIndexes, type BuiltCandidate } from './selection.ts';
import { settleProofs } from './settled-proofs.ts';
import { createTrial } from './trial.ts';
import { toWorkloadPromise } from './workload-promise.ts';
import { readWorkload, type WorkloadSource, type WorkloadStatement } from './workload.ts';
import { measureWriteCost, toIndexedRowCount, toTableWrites } from './write-cost.ts';

/** What advice is made from. */
export interface AdviceParts {
  /** On which the application sends its statements. */
  readonly pool: Queryable;
  readonly statements: WorkloadSource;
  readonly manifest: IndexManifest;
  readonly clock: Clock;
  readonly limits: ResolvedLimits;
}

/** Advice, and what verifying it needs to know of the workload. */
export interface AdviceWithWorkload {
  readonly advice: IndexAdvice;
  readonly workload: readonly WorkloadStatement[];
}

/** More time than this share of all write statements' time is not spent on new indexes. */
const MOST_WRITE_RATIO = 0.3;
const COOL_DOWN_MS = 24 * 60 * 60_000;

/** Looks at the workload, tries candidates on a copy, and proves what is left. Uses the session until it is done. */
export async function makeAdvice(sql: Queryable, parts: AdviceParts): Promise<AdviceWithWorkload> {
  const { clock, limits, manifest } = parts;
  const startedAt = clock.monotonic();
  const catalogue = await readCatalogue(sql);
  const knownSince = await manifest.sight(
    catalogue.tables.flatMap(({ indexes }) => indexes.map(({ objectId }) => objectId)),
  );
  const { statements: seen, skipped: unreadable } = await readWorkload(
    parts.statements,
    catalogue,
    limits.statementCount,
  );
  const skipped = [...unreadable];
  const checks = await readForeignKeyChecks(sql, catalogue, seen);
  const hygiene = inspectIndexes({ catalogue, knownSince, unusedAfterMs: limits.unusedAfterMs });
  const tables = new Set([...seen, ...checks].flatMap(({ tables: touched }) => touched));
  for (const { table } of hygiene.drops) tables.add(table);

  const copy = await openScratchCopy(sql, [...tables], { limits, clock });
  const trial = createTrial(sql, copy, { clock, timeoutMs: limits.statementTimeoutMs });
  try {
    const bloated = findBloated(catalogue, await copy.freshSizes());
    const statements: WorkloadStatement[] = [];
    for (const statement of [...seen, ...checks]) {
      const isUsable = statement.tables.every((table) => copy.has(table)) && (await trial.prepare(statement));
      if (isUsable) statements.push(statement);
      else skipped.push({ statement: statement.statement, reason: 'cannot be planned on the copy' });
    }
    const built = await buildCandidates({ statements, catalogue, copy, limits });
    const evaluation = createEvaluation(copy, trial, toTableOf(catalogue, built));
    const readers = statements.filter(({ written }) => written?.action !== 'insert');
    const turns = { copy, trial, evaluation, statements };
    const clientMs = await measureClientMs(
      { ...turns, clock },
      parts.pool,
      built.map(({ name }) => name),
    );
    const bench: AdviceBench = { ...turns, clock, built, limits, runs: limits.proofRuns, clientMs };
    const chosen = await selectIndexes({
      statements: readers,
      built,
      evaluation,
      limits,
      writeMsOf: rememberWriteMs(bench),
    });
    const { recommendations, addedMs } = await proveAll(
      bench,
      await withoutRecentlyReverted(chosen, manifest, catalogue.now),
    );
    const dropped: string[] = [];
    for (const drop of hygiene.drops) {
      const recommendation = await proveDrop(bench, drop, dropped);
      if (recommendation === undefined) continue;
      // An invalid index is not on the copy.
      if (drop.index.isValid) dropped.push(drop.index.name);
      recommendations.push(recommendation);
    }
    return {
      workload: statements,
      advice: {
        recommendations,
        promise: toWorkloadPromise(statements, recommendations, addedMs),
        findings: [...hygiene.findings, ...bloated, ...(await findDrift(manifest, catalogue))],
        skipped,
        statementCount: statements.length,
        candidateCount: built.length,
        durationMs: clock.monotonic() - startedAt,
      },
    };
  } finally {
    await trial.close();
    await copy.close();
  }
}

function toTableOf({ tables }: Catalogue, built: readonly BuiltCandidate[]): ReadonlyMap<string, TableFacts> {
  const existing = tables.flatMap((table) => table.indexes.map(({ name }) => [name, table] as const));
  return new Map([...existing, ...built.map(({ name, candidate }) => [name, candidate.table] as const)]);
}

/** A name that the same definition gets in every process. */
export function toIndexName(definition: string): string {
  return `dgopt_${createHash('sha256').update(definition).digest('hex').slice(0, 12)}`;
}

async function buildCandidates({
  statements,
  catalogue,
  copy,
  limits,
}: {
  readonly statements: readonly WorkloadStatement[];
  readonly catalogue: Catalogue;
  readonly copy: ScratchCopy;
  readonly limits: ResolvedLimits;
}): Promise<readonly BuiltCandidate[]> {
  const candidates = new Map<string, IndexCandidate>();
  const byTime = statements.toSorted((one, other) => other.count * other.meanMs - one.count * one.meanMs);
  for (const use of byTime.flatMap(({ uses }) => uses)) {
    if (use.table.rowCount < limits.leastRowCount) continue;
    for (const candidate of toCandidates(use, catalogue.extensions))
      if (candidates.size < limits.candidateCount) candidates.set(toDefinition(candidate), candidate);
  }
  const built: BuiltCandidate[] = [];
  for (const [definition, candidate] of candidates) {
    const name = toIndexName(definition);
    if (candidate.table.indexes.some((index) => index.name === name)) continue;
    const sizeBytes = await copy.createIndex(name, candidate.table, toDefinition(candidate, copy.schema));
    if (sizeBytes !== undefined) built.push({ name, candidate, definition, sizeBytes });
  }
  await copy.analyze();
  return built;
}

/** Time that an index adds to the writes of the workload; measured once for each. */
function rememberWriteMs({ statements, copy, built, clock }: AdviceBench): (index: BuiltCandidate) => Promise<number> {
  const known = new Map<BuiltCandidate, number>();
  return async (index) => {
    const { table } = index.candidate;
    const rowCount = toIndexedRowCount(toTableWrites(statements, table), index.definition, table);
    if (rowCount === 0) return 0;
    const remembered = known.get(index);
    if (remembered !== undefined) return remembered;
    const others = built.filter((other) => other !== index).map(({ name }) => name);
    const ms = await measureWriteCost(copy, table, { others, indexes: [index.name], clock });
    known.set(index, Math.max(0, ms) * rowCount);
    return Math.max(0, ms) * rowCount;
  };
}

async function proveAll(
  bench: AdviceBench,
  chosen: readonly BuiltCandidate[],
): Promise<{ readonly recommendations: IndexRecommendation[]; readonly addedMs: number }> {
  const observedMs = [...new Set(chosen.map(({ candidate }) => candidate.table))].reduce(
    (sum, table) => sum + toTableWrites(bench.statements, table).observedMs,
    0,
  );
  const proven: ProvenCreate[] = [];
  const inPlace: BuiltCandidate[] = [];
  const pending: BuiltCandidate[] = [];
  const prove = async (indexes: readonly BuiltCandidate[]): Promise<void> => {
    const found = await proveCreate(bench, indexes, inPlace);
    if (found === undefined) pending.push(...indexes);
    else if (sumWriteMs([...proven, found]) <= observedMs * MOST_WRITE_RATIO + found.recommendation.savedMs / 10) {
      inPlace.push(...indexes);
      proven.push(found);
    }
  };
  for (const index of chosen) await prove([index]);
  // What does nothing by itself may with others: an OR needs an index for each of its sides.
  for (const group of await groupByPlan(bench, pending.splice(0), inPlace)) await prove(group);
  const settled = await settleProofs(proven);
  return { recommendations: settled.map(({ recommendation }) => recommendation), addedMs: sumWriteMs(settled) };
}

/** Parts `pending` into those that some plan uses together when all of them are there. */
async function groupByPlan(
  { statements, built, evaluation }: AdviceBench,
  pending: readonly BuiltCandidate[],
  inPlace: readonly BuiltCandidate[],
): Promise<readonly (readonly BuiltCandidate[])[]> {
  if (pending.length === 0) return [];
  const absent = built.filter((index) => !pending.includes(index) && !inPlace.includes(index)).map(({ name }) => name);
  const readers = statements.filter(({ written }) => written?.action !== 'insert');
  const outcomes = await evaluation.evaluate(readers, absent);
  let groups = pending.map((index) => [index]);
  for (const { indexes } of outcomes.values()) {
    const joined = groups.filter((group) => group.some(({ name }) => indexes.has(name)));
    if (joined.length > 1) groups = [...groups.filter((group) => !joined.includes(group)), joined.flat()];
  }
  return groups;
}

async function withoutRecentlyReverted(
  chosen: readonly BuiltCandidate[],
  manifest: IndexManifest,
  now: number,
): Promise<readonly BuiltCandidate[]> {
  const reverted = new Set(
    (await manifest.list())
      .filter(({ state, changedAt }) => state === 'reverted' && now - changedAt < COOL_DOWN_MS)
      .flatMap(({ recommendation }) => namesIn(recommendation)),
  );
  return chosen.filter(({ name }) => !reverted.has(name));
}

function namesIn(recommendation: IndexRecommendation): readonly string[] {
  return recommendation.kind === 'create'
    ? toNewIndexes(recommendation).map(({ indexName }) => indexName)
    : [recommendation.indexName];
}

/** What the manifest says and the database does not, and the other way round. */
async function findDrift(manifest: IndexManifest, { tables }: Catalogue): Promise<IndexAdvice['findings']> {
  const indexes = new Map(
    tables.flatMap((table: TableFacts) => table.indexes.map((index) => [index.name, { index, table }] as const)),
  );
  const entries = await manifest.list();
  const managed = new Set(entries.flatMap(({ recommendation }) => namesIn(recommendation)));
  const standing = entries.filter(({ state }) => state === 'applied' || state === 'verified');
  const dropped = new Set(
    standing
      .filter(({ recommendation }) => recommendation.kind === 'drop')
      .map((entry) => entry.recommendation.indexName),
  );
  const inForce = standing
    .flatMap(({ recommendation }) => (recommendation.kind === 'create' ? toNewIndexes(recommendation) : []))
    .filter(({ indexName }) => !dropped.has(indexName));
  return [
    ...inForce
      .filter(({ indexName }) => indexes.get(indexName)?.index.isValid !== true)
      .map(({ indexName, table }) => ({
        index: indexName,
        table,
        kind: 'drift' as const,
        evidence: 'the manifest lists it, the database does not have it',
      })),
    ...[...indexes]
      .filter(([name]) => name.startsWith('dgopt_') && !managed.has(name))
      .map(([name, { table }]) => ({
        index: name,
        table: nameOf(table),
        kind: 'unmanaged' as const,
        evidence: 'it has the name of an advised index, and the manifest does not list it',
      })),
  ];
}

/** Statements that read or write the named tables, and those that write them, by fingerprint. */
export function toTouching(
  workload: readonly WorkloadStatement[],
  tableNames: readonly string[],
): { readonly touching: ReadonlySet<string>; readonly writing: ReadonlySet<string> } {
  const isMeant = (table: TableFacts): boolean => tableNames.includes(nameOf(table));
  const touching = workload.filter(({ tables }) => tables.some(isMeant));
  const writing = touching.filter(({ written }) => written !== undefined && isMeant(written.table));
  return {
    touching: new Set(touching.map(({ fingerprint }) => fingerprint)),
    writing: new Set(writing.map(({ fingerprint }) => fingerprint)),
  };
}
