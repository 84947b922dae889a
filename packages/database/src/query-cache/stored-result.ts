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
  return { flat: { values, rowCount, command, fields: toOwnFields(fields) }, bytes };
}

const ownFields = new WeakMap<readonly ResultField[], readonly ResultField[]>();

/** Descriptions that nobody can change; the driver gives one list for all results of a prepared statement. */
export function toOwnFields(fields: readonly ResultField[]): readonly ResultField[] {
  let own = ownFields.get(fields);
  if (own === undefined) {
    own = Object.freeze(fields.map((field) => Object.freeze({ ...field })));
    ownFields.set(fields, own);
  }
  return own;
}

/** Makes the builder for a result: which columns hold objects decides which are copied at every hit. */
export function toRowBuilder({ values, fields }: FlatResult, rowMode: 'object' | 'array'): RowBuilder {
  const width = fields.length;
  let variant: string = rowMode;
  for (let column = 0; column < width; column++) if (hasObjects(values, column, width)) variant += ` ${column}`;
  let known = builders.get(fields);
  if (known === undefined) {
    known = new Map();
    builders.set(fields, known);
  }
  let builder = known.get(variant);
  if (builder === undefined) {
    builder = compileBuilder(
      fields.map(({ name }) => name),
      fields.map((_, column) => hasObjects(values, column, width)),
      rowMode,
    );
    known.set(variant, builder);
  }
  return builder;
}

/** By description of the columns, then by row mode and the columns that are copied. */
const builders = new WeakMap<readonly ResultField[], Map<string, RowBuilder>>();

function hasObjects(values: readonly unknown[], column: number, width: number): boolean {
  for (let index = column; index < values.length; index += width)
    if (typeof values[index] === 'object' && values[index] !== null) return true;
  return false;
}

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
