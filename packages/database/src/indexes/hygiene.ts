import { nameOf, quoteName, type Catalogue, type ExistingIndex, type TableFacts } from './catalogue.ts';
import type { DropCause, IndexFinding } from './recommendation.ts';

/** An index that seems to cost more than it brings; to be proved before it is dropped. */
export interface DropCandidate {
  readonly table: TableFacts;
  readonly index: ExistingIndex;
  readonly cause: DropCause;
  readonly evidence: string;
}

/** What the catalogue alone tells. */
export interface HygieneReport {
  readonly drops: readonly DropCandidate[];
  readonly findings: readonly IndexFinding[];
}

/** What else is known of indexes. */
export interface HygieneInput {
  readonly catalogue: Catalogue;
  /** Since when this advisor has known each index, epoch milliseconds by object id. */
  readonly knownSince: ReadonlyMap<number, number>;
  readonly unusedAfterMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** A table that is read in an instant needs no index. */
const FEW_ROWS = 1_000;
const HOT_UPDATES = 1_000;
const LEAST_COLD_RATIO = 0.5;
const MEBIBYTE = 1024 * 1024;

/**
 * Finds indexes that are invalid, equal to another one, the beginning of another one, or without use.
 *
 * Never proposed: what enforces uniqueness or a constraint, what replication or clustering rests on, the only index that
 * leads with the columns of a foreign key, and anything while replicas may use it unseen.
 */
export function inspectIndexes(input: HygieneInput): HygieneReport {
  const drops = input.catalogue.tables.flatMap((table) => inspectTable(table, input));
  const dropped = new Set(drops.map(({ index }) => index.objectId));
  const findings = input.catalogue.tables.flatMap((table) => [
    ...findIdle(table, dropped, input),
    ...findHotBlockers(table, dropped),
    ...findMissingForeignKeys(table),
  ]);
  return { drops, findings };
}

function inspectTable(table: TableFacts, input: HygieneInput): readonly DropCandidate[] {
  const found: DropCandidate[] = [];
  // What takes over from a dropped one must stay, used or not.
  const reliedOn = new Set<ExistingIndex>();
  const isLeft = (index: ExistingIndex): boolean => found.every((drop) => drop.index !== index);
  for (const index of table.indexes) {
    if (!index.isValid && !index.isNeeded)
      found.push({
        table,
        index,
        cause: 'invalid',
        evidence: 'a build that failed left it: it is written, never read',
      });
  }
  for (const index of table.indexes) {
    if (!index.isValid || index.isNeeded || !isLeft(index)) continue;
    const wider = table.indexes.find(
      (other) => other !== index && other.isValid && isLeft(other) && serves(other, index),
    );
    if (wider !== undefined) {
      reliedOn.add(wider);
      const isSame = wider.keys.length === index.keys.length && wider.included.length === index.included.length;
      found.push({
        table,
        index,
        cause: isSame ? 'duplicate' : 'redundant',
        evidence: `${wider.name} ${isSame ? 'is the same' : 'starts with the same columns'} and serves all that this one serves`,
      });
    }
  }
  for (const index of table.indexes) {
    const unused = toUnusedEvidence(index, table, input);
    const holdsForeignKey = table.foreignKeys.some((key) => leadsWith(index, key.columns));
    if (unused !== undefined && isLeft(index) && !reliedOn.has(index) && !holdsForeignKey)
      found.push({ table, index, cause: 'unused', evidence: unused });
  }
  return found;
}

/** Whether `wider` can answer all that `index` answers, and enforces what it enforces. */
function serves(wider: ExistingIndex, index: ExistingIndex): boolean {
  if (wider.method !== index.method || wider.predicate !== index.predicate || wider.options !== index.options)
    return false;
  const mirrored = index.method === 'btree' ? index.keys.map(toMirrored) : index.keys;
  const isSame =
    [index.keys, mirrored].some((keys) => keys.join('\n') === wider.keys.join('\n')) &&
    wider.included.join() === index.included.join();
  // Of two equal ones the one that enforces something stays, else the one that was first.
  if (isSame && wider.isUnique === index.isUnique) return wider.isNeeded || wider.objectId < index.objectId;
  if (index.isUnique) return false;
  // Only the start of a b-tree can be used by itself.
  if (index.method !== 'btree') return isSame;
  return (
    [index.keys, mirrored].some((keys) => keys.every((key, place) => wider.keys[place] === key)) &&
    index.included.every((name) => wider.included.includes(name) || wider.keyTerms.includes(name))
  );
}

/** A b-tree is read backwards as well: the last figure of a key is its direction and where its nulls stand. */
function toMirrored(key: string): string {
  return key.replace(/(?<= )\d+$/, (option) => String(Number(option) ^ 3));
}

function toUnusedEvidence(
  { scanCount, isUnique, isNeeded, objectId, sizeBytes }: ExistingIndex,
  table: TableFacts,
  input: HygieneInput,
): string | undefined {
  if (scanCount > 0 || isUnique || isNeeded || input.catalogue.replicaCount > 0 || table.rowCount === 0)
    return undefined;
  const ageMs = watchedMs(objectId, input);
  if (ageMs === undefined || ageMs < input.unusedAfterMs) return undefined;
  return `0 scans in ${(ageMs / DAY_MS).toFixed(1)} days of counting, ${(sizeBytes / MEBIBYTE).toFixed(1)} MiB`;
}

/** Whether the index finds the rows that point to a parent; one that leaves out nulls does, as they point to nothing. */
function leadsWith({ keyTerms, predicate }: ExistingIndex, columns: readonly string[]): boolean {
  const leading = new Set(keyTerms.slice(0, columns.length).map((term) => term.replaceAll('"', '')));
  const [, filled] = /^\("?(\w+)"? IS NOT NULL\)$/.exec(predicate) ?? [];
  const holdsAll = predicate === '' || (filled !== undefined && columns.includes(filled));
  return holdsAll && columns.every((column) => leading.has(column));
}

/** Indexes that nobody used so far, and that were not watched for long enough to call them unused. */
function findIdle(table: TableFacts, dropped: ReadonlySet<number>, input: HygieneInput): readonly IndexFinding[] {
  if (table.rowCount < FEW_ROWS || input.catalogue.replicaCount > 0) return [];
  return table.indexes
    .filter(({ isValid, isNeeded, isUnique, scanCount }) => isValid && !isNeeded && !isUnique && scanCount === 0)
    .filter(({ objectId, sizeBytes }) => !dropped.has(objectId) && sizeBytes >= MEBIBYTE)
    .filter((index) => !table.foreignKeys.some((key) => leadsWith(index, key.columns)))
    .filter(({ objectId }) => (watchedMs(objectId, input) ?? 0) < input.unusedAfterMs)
    .map(({ name, objectId, sizeBytes }) => ({
      index: name,
      table: nameOf(table),
      kind: 'unused',
      evidence: `0 scans so far, ${(sizeBytes / MEBIBYTE).toFixed(1)} MiB; proposed to be dropped when watched for ${(input.unusedAfterMs / DAY_MS).toFixed(0)} days, ${((watchedMs(objectId, input) ?? 0) / DAY_MS).toFixed(1)} by now`,
    }));
}

/** How long an index has been known and its uses counted; undefined where that is not told. */
function watchedMs(objectId: number, { catalogue, knownSince }: HygieneInput): number | undefined {
  const since = knownSince.get(objectId);
  if (catalogue.statisticsAgeMs === undefined || since === undefined) return undefined;
  return Math.max(0, Math.min(catalogue.statisticsAgeMs, catalogue.now - since));
}

/** Indexes that make each update of a busy table write all the others too. */
function findHotBlockers(table: TableFacts, dropped: ReadonlySet<number>): readonly IndexFinding[] {
  const coldRatio = 1 - table.hotUpdatedCount / Math.max(1, table.updatedCount);
  if (table.updatedCount < HOT_UPDATES || coldRatio < LEAST_COLD_RATIO) return [];
  return table.indexes
    .filter((index) => index.isValid && !index.isNeeded && !index.isUnique && !dropped.has(index.objectId))
    .filter(({ scanCount }) => scanCount < table.updatedCount / 100)
    .map((index) => ({
      index: index.name,
      table: nameOf(table),
      kind: 'blocks-hot',
      evidence: `${Math.round(coldRatio * 100)}% of ${table.updatedCount} updates had to write every index; this one was read ${index.scanCount} times`,
    }));
}

/** An index at least so much larger than built anew is worth the work; what random inserts leave free is half of that. */
const BLOATED_RATIO = 2;
const LEAST_WASTE_BYTES = MEBIBYTE;

/**
 * Indexes that hold mostly nothing, found by building them anew on the copy and not by an estimate.
 * @param freshSizes Of indexes that were copied, in bytes.
 */
export function findBloated(
  { tables }: Catalogue,
  freshSizes: ReadonlyMap<ExistingIndex, number>,
): readonly IndexFinding[] {
  return tables.flatMap((table) =>
    table.indexes.flatMap((index): readonly IndexFinding[] => {
      const freshBytes = freshSizes.get(index);
      if (freshBytes === undefined || index.method !== 'btree') return [];
      const wasteBytes = index.sizeBytes - freshBytes;
      if (wasteBytes < LEAST_WASTE_BYTES || index.sizeBytes < freshBytes * BLOATED_RATIO) return [];
      const [now, fresh] = [index.sizeBytes, freshBytes].map((bytes) => (bytes / MEBIBYTE).toFixed(1));
      const evidence = `${now} MiB, built anew ${fresh} MiB: reindex index concurrently ${quoteName(table.schema)}.${quoteName(index.name)}`;
      return [{ index: index.name, table: nameOf(table), kind: 'bloated', evidence }];
    }),
  );
}

function findMissingForeignKeys(table: TableFacts): readonly IndexFinding[] {
  if (table.rowCount < FEW_ROWS) return [];
  return table.foreignKeys
    .filter(({ columns }) => !table.indexes.some((index) => index.isValid && leadsWith(index, columns)))
    .map(({ columns, parent }) => ({
      index: columns.join(', '),
      table: nameOf(table),
      kind: 'missing-foreign-key',
      evidence: `a delete in ${parent} reads all ${Math.round(table.rowCount)} rows to find those that point to it`,
    }));
}
