import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import { quoteName, type TableFacts } from './catalogue.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import type { WorkloadStatement } from './workload.ts';

/** What the workload writes to a table. */
export interface TableWrites {
  readonly insertedRowCount: number;
  /** Rows of updates, by the columns that they set. */
  readonly updates: readonly { readonly columns: readonly string[]; readonly rowCount: number }[];
  /** Time of all write statements, as observed. */
  readonly observedMs: number;
}

/** Sums up what the statements write to `table`. */
export function toTableWrites(statements: readonly WorkloadStatement[], table: TableFacts): TableWrites {
  const writes = statements.filter(({ written }) => written?.table === table);
  return {
    insertedRowCount: writes
      .filter(({ written }) => written?.action === 'insert')
      .reduce((sum, { rowCount }) => sum + rowCount, 0),
    updates: writes
      .filter(({ written }) => written?.action === 'update')
      .map(({ written, rowCount }) => ({ columns: written?.columns ?? [], rowCount })),
    observedMs: writes.reduce((sum, { count, meanMs }) => sum + count * meanMs, 0),
  };
}

/**
 * Rows for which an index with the given keys must be written. An update that changes none of its columns and finds room
 * in the row's page leaves it alone (heap-only tuples); how often that is so, the table's counters tell.
 */
export function toIndexedRowCount(writes: TableWrites, text: string, table: TableFacts): number {
  const coldRatio = table.updatedCount === 0 ? 1 : 1 - table.hotUpdatedCount / table.updatedCount;
  return (
    writes.insertedRowCount +
    writes.updates.reduce((sum, { columns, rowCount }) => {
      const isTouched = columns.some((column) => new RegExp(String.raw`(?<!\w)${column}(?!\w)`).test(text));
      return sum + rowCount * (isTouched ? 1 : coldRatio);
    }, 0)
  );
}

const MOST_ROWS = 1_000;
const ROUNDS = 2;

/**
 * Time that a row takes to be inserted on the copy with and without the given indexes, in turns: rows are deleted and
 * put back. The least of the rounds counts.
 * @returns milliseconds a row: how much longer it takes with them.
 */
export async function measureWriteCost(
  copy: ScratchCopy,
  table: TableFacts,
  {
    others,
    indexes,
    clock,
  }: { readonly others: readonly string[]; readonly indexes: readonly string[]; readonly clock: Clock },
): Promise<number> {
  const copiedCount = table.rowCount * copy.ratioOf(table);
  const rowCount = Math.min(MOST_ROWS, Math.floor(copiedCount / 2));
  if (rowCount < 10) return 0;
  const percent = (rowCount / copiedCount) * 100;
  const target = `${copy.schema}.${quoteName(table.name)}`;
  const insert = (absent: readonly string[]): Promise<number> =>
    copy.without(absent, (sql) => reinsert(sql, { target, percent, clock }), false);
  let withMs = Number.POSITIVE_INFINITY;
  let withoutMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    withMs = Math.min(withMs, await insert(others));
    withoutMs = Math.min(withoutMs, await insert([...others, ...indexes]));
  }
  return (withMs - withoutMs) / rowCount;
}

async function reinsert(
  sql: Queryable,
  { target, percent, clock }: { readonly target: string; readonly percent: number; readonly clock: Clock },
): Promise<number> {
  // The same seed picks the same rows twice.
  const sample = `${target} tablesample bernoulli (${percent}) repeatable (7)`;
  await sql.query(`create temporary table dgopt_rows on commit drop as select * from ${sample}`);
  await sql.query(`delete from ${target} where ctid in (select ctid from ${sample})`);
  const startedAt = clock.monotonic();
  await sql.query(`insert into ${target} select * from dgopt_rows`);
  return clock.monotonic() - startedAt;
}
