import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import type { TableItem } from '../../chunk.ts';
import { ScannerError, toReason } from '../../errors.ts';
import { listSqliteTables, openSqlite, quoteSqliteName } from '../../read/formats/sqlite.ts';
import type { DatabaseSource } from '../../source-spec.ts';
import type { Source } from '../source.ts';
import { gatherTableChunks, isWantedTable } from './table-chunks.ts';
import { readTable, type TableRows } from './table-reader.ts';

const BATCH_ROWS = 1_000;
const DEFAULT_SAMPLE_ROWS = 1_000;

/** An SQLite file as a database: sampled, table by table. */
export function createSqliteSource(spec: DatabaseSource): Source {
  const path = toPath(spec.url);
  return {
    async *plan({ limits }) {
      const database = open(path);
      try {
        const names = listSqliteTables(database).filter((table) => isWantedTable(spec.tables, 'main', table));
        const bytes = Math.round(statSync(path).size / Math.max(names.length, 1));
        const items = names.map((table) => ({ schema: 'main', table, rows: countRows(database, table), bytes }));
        yield* gatherTableChunks(items, [], limits);
      } catch (error) {
        throw new ScannerError('SCANNER_DATABASE_FAILED', toReason(error), { cause: error });
      } finally {
        database.close();
      }
    },
    async *read(chunk, session) {
      if (chunk.kind !== 'tables') return;
      const database = open(path);
      try {
        const sampleRows = spec.mode === 'full' ? undefined : (spec.sampleRows ?? DEFAULT_SAMPLE_ROWS);
        for (const item of chunk.items) {
          const isComplete = sampleRows === undefined || item.rows <= sampleRows;
          const openTable = (): Promise<TableRows> =>
            Promise.resolve(openRows(database, item, isComplete ? undefined : sampleRows));
          yield* readTable({ item, name: item.table, isComplete, isFromStart: isComplete, open: openTable }, session);
        }
      } finally {
        database.close();
      }
    },
  };
}

function openRows(database: DatabaseSync, { table }: TableItem, sampleRows: number | undefined): TableRows {
  const sample = sampleRows === undefined ? '' : ` order by random() limit ${sampleRows}`;
  const statement = database.prepare(`select * from ${quoteSqliteName(table)}${sample}`);
  statement.setReadBigInts(true);
  const columns = statement.columns().map(({ name }) => name);
  async function* batches(): TableRows['batches'] & AsyncGenerator {
    let batch: { values: unknown[] }[] = [];
    for (const row of statement.iterate()) {
      batch.push({ values: columns.map((column) => row[column]) });
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return { columns, batches: batches() };
}

function countRows(database: DatabaseSync, table: string): number {
  return Number(database.prepare(`select count(*) as rows from ${quoteSqliteName(table)}`).get()?.['rows'] ?? 0);
}

function open(path: string): DatabaseSync {
  try {
    return openSqlite(path);
  } catch (error) {
    throw new ScannerError('SCANNER_DATABASE_REFUSED', `${path}: ${toReason(error)}`, { cause: error });
  }
}

function toPath(url: string): string {
  return url.startsWith('sqlite:///')
    ? fileURLToPath(`file${url.slice('sqlite'.length)}`)
    : url.replace(/^sqlite:/, '');
}
