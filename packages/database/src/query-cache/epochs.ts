import type { Announcement } from './announcement.ts';
import type { Dependency, WriteScope } from './classifier.ts';
import { toKeyTexts, type StatementInput } from './key-text.ts';

/** A counter that moves with every write to what it stands for. */
export interface Cell {
  epoch: number;
  /** Statements under way that may write it. Nothing that depends on it is answered from memory meanwhile. */
  holds: number;
  /** Answers and reads that refer to it. */
  uses: number;
  /** Where it is forgotten once nothing refers to it. */
  readonly home: { readonly cells: Map<string, Cell>; readonly name: string } | undefined;
}

interface TableCells {
  /** Moves with any write: for answers that depend on the whole table. */
  readonly any: Cell;
  /** Moves with writes whose keys are not known: for answers narrowed to keys. */
  readonly wide: Cell;
  /** Moves with writes to one key, by column and key. */
  readonly keys: Map<string, Cell>;
  /** Moves with writes that tell keys of other columns only: for answers narrowed to keys of this one. */
  readonly columns: Map<string, Cell>;
}

/** Counters of everything that answers depend on. An answer is valid while none of its counters has moved. */
export interface Epochs {
  /** The counters of an answer. Balance with {@link release}. */
  forRead(dependencies: readonly Dependency[], input: StatementInput): readonly Cell[];
  /**
   * The counters that a statement may move. Balance with {@link release}.
   * @param keys Those of the written table that `input` names, where they are known already.
   */
  forWrite(scope: WriteScope, input: StatementInput, keys?: readonly string[]): readonly Cell[];
  /** The counters that an announced write moves. Balance with {@link release}. */
  forAnnouncement(announcement: Announcement): readonly Cell[];
  release(cells: readonly Cell[]): void;
  /** Counts an announced write. */
  move(announcement: Announcement): void;
  /** Makes every answer invalid. */
  moveAll(): void;
}

/** Most keys to which one answer is narrowed. */
const MOST_KEYS = 64;

/** Creates counters at zero. */
export function createEpochs(): Epochs {
  const everything = createCell();
  const tables = new Map<number, TableCells>();

  const tableOf = (oid: number): TableCells => {
    let table = tables.get(oid);
    if (table === undefined) {
      table = { any: createCell(), wide: createCell(), keys: new Map(), columns: new Map() };
      tables.set(oid, table);
    }
    return table;
  };
  const keyCell = ({ keys }: TableCells, column: string, key: string): Cell => {
    const name = `${column} ${key}`;
    let cell = keys.get(name);
    if (cell === undefined) {
      cell = createCell({ cells: keys, name });
      keys.set(name, cell);
    }
    return cell;
  };
  const narrowed = ({ pin, table }: Dependency, input: StatementInput): Cell[] | undefined => {
    if (pin === undefined) return undefined;
    const keys = toKeyTexts(pin.sources, pin.type, input);
    if (keys === undefined || keys.length > MOST_KEYS) return undefined;
    return cellsOf(tableOf(table), pin.column, keys);
  };
  const cellsOf = (table: TableCells, column: string, keys: readonly string[]): Cell[] => {
    const [key] = keys;
    // Nearly all writes and most reads name one.
    if (keys.length === 1 && key !== undefined) return [keyCell(table, column, key)];
    return [...new Set(keys)].map((one) => keyCell(table, column, one));
  };
  const columnCell = ({ columns }: TableCells, column: string): Cell => {
    let cell = columns.get(column);
    if (cell === undefined) {
      cell = createCell();
      columns.set(column, cell);
    }
    return cell;
  };
  /** Of columns to which answers are narrowed and of which an announcement tells no keys. */
  const untold = (table: TableCells, keys: Readonly<Record<string, unknown>>): readonly Cell[] =>
    [...table.columns].filter(([column]) => !(column in keys)).map(([, cell]) => cell);
  const use = (cells: readonly Cell[]): readonly Cell[] => {
    for (const cell of cells) cell.uses += 1;
    return cells;
  };

  const forAnnouncement = (announcement: Announcement): readonly Cell[] => {
    if (announcement.kind === 'schema') return use([everything]);
    const table = tableOf(announcement.table);
    if (announcement.keys === undefined) return use([table.any, table.wide]);
    const keys = Object.entries(announcement.keys).flatMap(([column, list]) =>
      list.map((key) => keyCell(table, column, key)),
    );
    return use([table.any, ...keys, ...untold(table, announcement.keys)]);
  };
  const release = (cells: readonly Cell[]): void => {
    for (const cell of cells) {
      cell.uses -= 1;
      if (cell.uses === 0) cell.home?.cells.delete(cell.home.name);
    }
  };

  return {
    forRead: (dependencies, input) =>
      use([
        everything,
        ...dependencies.flatMap((dependency) => {
          const keys = narrowed(dependency, input);
          const table = tableOf(dependency.table);
          if (keys === undefined || dependency.pin === undefined) return [table.any];
          return [table.wide, columnCell(table, dependency.pin.column), ...keys];
        }),
      ]),
    forWrite(scope, input, keys) {
      if (scope.kind === 'none') return [];
      if (scope.kind === 'all') return use([everything]);
      const [target] = scope.dependencies;
      if (
        scope.dependencies.length === 1 &&
        target?.pin !== undefined &&
        keys !== undefined &&
        keys.length <= MOST_KEYS
      ) {
        const table = tableOf(target.table);
        return use([table.any, ...cellsOf(table, target.pin.column, keys)]);
      }
      return use(
        scope.dependencies.flatMap((dependency) => {
          const { any, wide } = tableOf(dependency.table);
          return [any, ...(narrowed(dependency, input) ?? [wide])];
        }),
      );
    },
    forAnnouncement,
    release,
    move(announcement) {
      if (announcement.kind === 'schema') {
        everything.epoch += 1;
        return;
      }
      const table = tables.get(announcement.table);
      if (table === undefined) return;
      table.any.epoch += 1;
      if (announcement.keys === undefined) table.wide.epoch += 1;
      else {
        for (const [column, cell] of table.columns) if (!(column in announcement.keys)) cell.epoch += 1;
        for (const column in announcement.keys)
          for (const key of announcement.keys[column] ?? []) {
            const cell = table.keys.get(`${column} ${key}`);
            if (cell !== undefined) cell.epoch += 1;
          }
      }
    },
    moveAll() {
      everything.epoch += 1;
    },
  };
}

function createCell(home?: Cell['home']): Cell {
  return { epoch: 0, holds: 0, uses: 0, home };
}
