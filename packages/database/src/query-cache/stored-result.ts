import type { ResultField, StatementResult } from '../statement-runner.ts';

/** A result as flat values that nobody else holds, row after row. */
export interface FlatResult {
  readonly values: readonly unknown[];
  readonly rowCount: number;
  readonly command: string;
  readonly fields: readonly ResultField[];
}

/** Builds rows of fresh objects from flat values. */
export type RowBuilder = (values: readonly unknown[], rowCount: number) => object[];

/** A result in memory and the way back to rows. */
export interface StoredResult {
  readonly flat: FlatResult;
  /** Estimated size in memory. */
  readonly bytes: number;
  readonly build: RowBuilder;
}

/** Rough sizes in V8: a reference, a heap number, the head of a string or an object. */
const REFERENCE_BYTES = 8;
const OBJECT_BYTES = 48;
const STRING_BYTES = 20;

/**
 * Takes a result apart for keeping, all objects in it copied.
 * @returns undefined when a value is of a kind that cannot be copied with certainty.
 */
export function toFlatResult(
  { rows, rowCount, command, fields }: StatementResult,
  rowMode: 'object' | 'array',
): { readonly flat: FlatResult; readonly bytes: number } | undefined {
  const values: unknown[] = [];
  let bytes = OBJECT_BYTES * 4 + fields.length * OBJECT_BYTES;
  for (const row of rows) {
    for (let column = 0; column < fields.length; column++) {
      const name = fields[column]?.name ?? '';
      const value = rowMode === 'array' ? (row as unknown[])[column] : (row as Record<string, unknown>)[name];
      const size = sizeOf(value);
      if (size === undefined) return undefined;
      bytes += size + REFERENCE_BYTES;
      values.push(copyValue(value));
    }
  }
  const ownFields = Object.freeze(fields.map((field) => Object.freeze({ ...field })));
  return { flat: { values, rowCount, command, fields: ownFields }, bytes };
}

/** Makes the builder for a result: which columns hold objects decides which are copied at every hit. */
export function toRowBuilder({ values, fields }: FlatResult, rowMode: 'object' | 'array'): RowBuilder {
  const width = fields.length;
  const copies = fields.map((_, column) => {
    for (let index = column; index < values.length; index += width)
      if (typeof values[index] === 'object' && values[index] !== null) return true;
    return false;
  });
  const signature = JSON.stringify([rowMode, fields.map(({ name }) => name), copies]);
  const known = builders.get(signature);
  if (known !== undefined) return known;
  if (builders.size >= MOST_BUILDERS) builders.delete(builders.keys().next().value ?? '');
  const built = compileBuilder(
    fields.map(({ name }) => name),
    copies,
    rowMode,
  );
  builders.set(signature, built);
  return built;
}

const MOST_BUILDERS = 1_000;
const builders = new Map<string, RowBuilder>();

/**
 * A literal of the row's shape, written out: V8 gives all its rows one hidden class and fills them without look-ups.
 * Names come from the database and are quoted as JSON; in brackets, because `"__proto__": x` would set the prototype.
 */
function compileBuilder(names: readonly string[], copies: readonly boolean[], rowMode: 'object' | 'array'): RowBuilder {
  const cells = names.map((name, column) => {
    const value = copies[column] === true ? `copy(values[at + ${column}])` : `values[at + ${column}]`;
    if (rowMode === 'array') return value;
    return `${name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)}: ${value}`;
  });
  const row = rowMode === 'array' ? `[${cells.join(', ')}]` : `{ ${cells.join(', ')} }`;
  const body = `return (values, rowCount) => {
    const rows = [];
    for (let at = 0; rows.length < rowCount; at += ${names.length}) rows.push(${row});
    return rows;
  };`;
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- nothing but column numbers and quoted names
  return (new Function('copy', body) as (copy: typeof copyValue) => RowBuilder)(copyValue);
}

/** A copy that shares nothing mutable with `value`. */
export function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value.getTime());
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(copyValue);
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  for (const [name, item] of Object.entries(value)) {
    if (name === '__proto__')
      Object.defineProperty(copy, name, {
        value: copyValue(item),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    else copy[name] = copyValue(item);
  }
  return copy;
}

/** Bytes of a value, or undefined for what {@link copyValue} cannot be trusted with. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return STRING_BYTES + value.length * 2;
  if (typeof value === 'bigint') return OBJECT_BYTES;
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : REFERENCE_BYTES;
  if (value instanceof Date) return OBJECT_BYTES;
  if (Buffer.isBuffer(value)) return OBJECT_BYTES * 2 + value.length;
  if (!Array.isArray(value) && !isPlain(value)) return undefined;
  let bytes = OBJECT_BYTES;
  for (const item of Object.values(value)) {
    const size = sizeOf(item);
    if (size === undefined) return undefined;
    bytes += size + REFERENCE_BYTES;
  }
  return bytes;
}

/** Objects of JSON, and the plain records that the parsers of `pg` make for points, circles and intervals. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null;
  return prototype === null || prototype === Object.prototype || prototype.constructor?.name === 'PostgresInterval';
}
