import type { Place } from './place.ts';
import type { TextSink } from './text-sink.ts';

/** A column as detection and findings see it. */
export interface TableColumn {
  /** Its name, which serves as the label of each value. Empty when it has none. */
  readonly label: string;
  /** Where values of this column come from, but for the row. */
  readonly place: Place;
}

/** Writes rows to a text sink. */
export interface TableText {
  /** @param which Tells the row from others in the findings. */
  row(values: readonly (string | undefined)[], which: { readonly row?: number; readonly part?: string }): void;
}

const MUTED: Place = { muted: true };

/**
 * Renders rows as `name: value` lines, rows set apart by an empty line: the form in which detection makes the most of
 * column names and of what stands in the same row. Line breaks in values become spaces.
 */
export function createTableText(sink: TextSink, columns: readonly TableColumn[]): TableText {
  return {
    row(values, which) {
      let isFirst = true;
      for (let index = 0; index < columns.length; index++) {
        const column = columns[index];
        const value = values[index];
        if (column === undefined || value === undefined || value === '') continue;
        const separator = isFirst ? '\n\n' : '\n';
        isFirst = false;
        sink.push(column.label === '' ? separator : `${separator}${column.label}: `, MUTED);
        sink.push(/[\r\n]/.test(value) ? value.replaceAll(/[\r\n]/g, ' ') : value, { ...column.place, ...which });
      }
    },
  };
}

/** Whether a first row holds names for the columns below it rather than data. */
export function isHeaderRow(cells: readonly (string | undefined)[]): boolean {
  const names = cells.filter((cell) => cell !== undefined && cell.trim() !== '');
  const isName = (cell: string | undefined): boolean =>
    cell !== undefined && cell.length <= 60 && /^\p{L}/u.test(cell.trim()) && !/[@=\n]|\d{4}/.test(cell);
  return names.length >= 2 && names.every(isName) && new Set(names).size === names.length;
}
