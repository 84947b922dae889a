import type { ResultField } from '../statement-runner.ts';
import { createColumnDecoders, type ColumnDecoder, type TypeParser } from './column-decoders.ts';

/** Builds one row from the body of a DataRow message, which starts at `at` with the count of columns. */
export type RowDecoder = (bytes: Buffer, at: number) => unknown;

/** Everything about the rows of one prepared statement. */
export interface RowShape {
  readonly fields: readonly ResultField[];
  readonly parsers: readonly TypeParser[];
  /** For rows in the text format, as a statement that was not described before gets them. */
  readonly text: RowReaders;
  /** For rows in the formats asked for by `formats`. */
  readonly mixed: RowReaders;
  /** Format codes for a Bind message: 1 for the columns that are cheaper in the binary format. */
  readonly formats: readonly number[];
}

/** The two forms of a row. */
export interface RowReaders {
  readonly toObject: RowDecoder;
  readonly toArray: RowDecoder;
}

/** How a session turns the text of a type into a value; `pg.types` unless the client overrides it. */
export type FindTypeParser = (typeId: number) => TypeParser;

const REMEMBERED_SHAPES = 500;

/** Compiles decoders and remembers the latest ones by the names and types of their columns. */
export function createShapes(): (fields: readonly ResultField[], findParser: FindTypeParser) => RowShape {
  const remembered = new Map<string, RowShape>();
  return (fields, findParser) => {
    const key = JSON.stringify(fields.map(({ name, dataTypeID }) => [name, dataTypeID]));
    const parsers = fields.map(({ dataTypeID }) => findParser(dataTypeID));
    const known = remembered.get(key);
    if (known !== undefined && parsers.every((parser, index) => parser === known.parsers[index]))
      return { ...known, fields };
    const decoders = fields.map(({ dataTypeID }, index) =>
      createColumnDecoders(dataTypeID, parsers[index] ?? ((text) => text)),
    );
    const names = fields.map(({ name }) => name);
    const text = toReaders(
      names,
      decoders.map((one) => one.text),
    );
    const formats = decoders.map(({ binary }) => (binary === undefined ? 0 : 1));
    const mixed = formats.includes(1)
      ? toReaders(
          names,
          decoders.map(({ text: fromText, binary }) => binary ?? fromText),
        )
      : text;
    const shape: RowShape = { fields, parsers, text, mixed, formats: formats.includes(1) ? formats : [] };
    if (remembered.size >= REMEMBERED_SHAPES) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(key, shape);
    return shape;
  };
}

function toReaders(names: readonly string[], decoders: readonly ColumnDecoder[]): RowReaders {
  return { toObject: compile(names, decoders), toArray: toArrayDecoder(decoders) };
}

/**
 * Generates a function that reads the columns in turn and returns one object literal, so that all rows share one hidden
 * class from the start. Column names enter the source only as JSON strings.
 */
function compile(names: readonly string[], decoders: readonly ColumnDecoder[]): RowDecoder {
  const reads = decoders.map(
    (_, index) => `
  length = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
  at += 4;
  let c${index} = null;
  if (length !== -1) { c${index} = d${index}(bytes, at, at + length); at += length; }`,
  );
  // Only a computed key makes `__proto__` a property like any other.
  const literal = names
    .map((name, index) => `${name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)}: c${index}`)
    .join(', ');
  const body = `return (bytes, at) => {\n  let length;\n  at += 2;${reads.join('')}\n  return { ${literal} };\n};`;
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- generated from column positions; see above
    const create = new Function(...decoders.map((_, index) => `d${index}`), body) as (
      ...decoders: readonly ColumnDecoder[]
    ) => RowDecoder;
    return create(...decoders);
  } catch {
    // Processes that forbid generated code get the same rows, slower.
    const toArray = toArrayDecoder(decoders);
    return (bytes, at) => {
      const values = toArray(bytes, at);
      return Object.fromEntries(names.map((name, index) => [name, values[index]]));
    };
  }
}

function toArrayDecoder(decoders: readonly ColumnDecoder[]): (bytes: Buffer, at: number) => unknown[] {
  return (bytes, start) => {
    let at = start + 2;
    return decoders.map((decode) => {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length === -1) return null;
      at += length;
      return decode(bytes, at - length, at);
    });
  };
}
