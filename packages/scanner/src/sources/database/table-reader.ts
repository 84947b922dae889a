import type { TableItem } from '../../chunk.ts';
import type { ChunkSession } from '../../chunk-session.ts';
import { ScannerError, toReason } from '../../errors.ts';
import { toCellText } from '../../read/formats/cell-text.ts';
import type { ReadSteps } from '../../read/item-context.ts';
import { createTableText } from '../../text/table-text.ts';

/** Rows of a table as a driver hands them over, batch by batch. */
export interface TableRows {
  readonly columns: readonly string[];
  /** Values in the order of `columns`; `where` says more than a row number, when the server can tell. */
  readonly batches: AsyncIterable<readonly { readonly values: readonly unknown[]; readonly where?: string }[]>;
}

/** A table and how much of it is to be read. */
export interface TableReading {
  readonly item: TableItem;
  /** Its name in findings. */
  readonly name: string;
  /** Whether every row is read. */
  readonly isComplete: boolean;
  /** Whether row numbers count from the table's first row. */
  readonly isFromStart: boolean;
  open(): Promise<TableRows>;
}

/** The number of the rule of three: 0 hits in n independent rows mean at most 3/n with 95 % confidence. */
const RULE_OF_THREE = 3;

/** Reads one table and reports what that proves. A table that cannot be read is reported and left. */
export async function* readTable(reading: TableReading, session: ChunkSession): ReadSteps {
  const { item, name } = reading;
  yield* session.item(name, item.bytes, async function* (context) {
    const hitColumns = new Set<string>();
    let rowsRead = 0;
    try {
      const { columns, batches } = await reading.open();
      const sink = context.openText({ path: name }, ({ location }) => hitColumns.add(location.field ?? ''));
      const table = createTableText(
        sink,
        columns.map((column) => ({ label: column, place: { item: `${name}.${column}`, field: column } })),
      );
      for await (const batch of batches) {
        for (const { values, where } of batch) {
          rowsRead++;
          table.row(
            values.map((value) => toCellText(value)),
            where === undefined ? (reading.isFromStart ? { row: rowsRead } : {}) : { part: where },
          );
        }
        if (item.rows > 0) session.countBytes(Math.round((item.bytes * batch.length) / Math.max(item.rows, rowsRead)));
        yield;
      }
      sink.end();
      const isAll = reading.isComplete || rowsRead >= item.rows;
      session.emit({
        kind: 'coverage',
        item: name,
        rowsRead,
        rowsTotal: isAll ? rowsRead : item.rows,
        clearColumns: columns.length - hitColumns.size,
        upperBoundRatio: isAll || rowsRead === 0 ? 0 : Math.min(1, RULE_OF_THREE / rowsRead),
      });
    } catch (error) {
      if (error instanceof ScannerError) throw error;
      context.skip('TABLE_UNREADABLE', toReason(error));
    }
  });
}
