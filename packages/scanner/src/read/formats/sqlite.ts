import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { toReason } from '../../errors.ts';
import { createTableText } from '../../text/table-text.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { toCellText } from './cell-text.ts';

const ROWS_PER_STEP = 1_000;

/** Opens an SQLite file so that nothing beside it is created and nothing in it changes. */
export function openSqlite(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  // An unmerged write-ahead log is part of the data; without one the file can be read as if it never changed.
  if (walBytes === 0) url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true, allowExtension: false });
}

/** The tables that hold data of their own. */
export function listSqliteTables(database: DatabaseSync): readonly string[] {
  const rows = database
    .prepare(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' and sql not like 'create virtual%'",
    )
    .all();
  return rows.map((row) => String(row['name']));
}

/** Quotes a name for SQL. */
export function quoteSqliteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Reads every table of an SQLite file. */
export async function* readSqlite(input: ByteInput, context: ItemContext): ReadSteps {
  const database = openSqlite(await input.file());
  try {
    for (const table of listSqliteTables(database)) {
      try {
        yield* readTable(database, table, context);
      } catch (error) {
        context.skip('BROKEN', toReason(error), table);
      }
    }
  } finally {
    database.close();
  }
}

async function* readTable(database: DatabaseSync, table: string, context: ItemContext): ReadSteps {
  const statement = database.prepare(`select * from ${quoteSqliteName(table)}`);
  statement.setReadBigInts(true);
  const columns = statement.columns().map(({ name }) => name);
  const sink = context.openText();
  const text = createTableText(
    sink,
    columns.map((name) => ({ label: name, place: { item: `${context.item}!/${table}`, field: name } })),
  );
  let row = 0;
  for (const values of statement.iterate()) {
    row++;
    text.row(
      columns.map((name) => toCellText(values[name])),
      { row },
    );
    if (row % ROWS_PER_STEP === 0) yield;
  }
  sink.end();
}
