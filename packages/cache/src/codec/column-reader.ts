import { CacheError } from '../errors.ts';
import { bitsOf } from './column-writer.ts';
import { emptyList } from './empty-list.ts';
import * as format from './structured-format.ts';
import type { StructuredReader } from './structured-reader.ts';

/** Reads the values of one property of so many objects. */
export function readColumn(source: StructuredReader, rowCount: number): unknown[] {
  const { bytes, start } = source.skip(1);
  switch (bytes[start]) {
    case format.CONSTANT:
      return repeat(source.value(), rowCount);
    case format.DICTIONARY:
      return readDictionary(source, rowCount);
    case format.STRINGS:
      return readStrings(source, rowCount);
    case format.INTEGERS:
      return readIntegers(source, rowCount);
    case format.DECIMALS:
      return readDecimals(source, rowCount);
    case format.DOUBLES:
      return readDoubles(source, rowCount);
    case format.OBJECTS:
      return source.rows(rowCount);
    case format.ITEMS:
      return readItems(source, rowCount);
    case format.NULLABLE:
      return readNullable(source, rowCount);
    case format.LISTS:
      return readLists(source, rowCount);
    default:
      throw new CacheError('CACHE_VALUE_MALFORMED', 'a kind of column is unknown');
  }
}

function repeat(value: unknown, rowCount: number): unknown[] {
  const values = emptyList(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = value;
  return values;
}

function readDictionary(source: StructuredReader, rowCount: number): unknown[] {
  const items = readItems(source, source.count());
  const bits = bitsOf(items.length);
  const { bytes, start } = source.skip(Math.ceil((rowCount * bits) / 8));
  const mask = (1 << bits) - 1;
  const values = emptyList(rowCount);
  let held = 0;
  let heldBits = 0;
  let position = start;
  for (let row = 0; row < rowCount; row++) {
    if (heldBits === 0) {
      held = bytes[position++] as number;
      heldBits = 8;
    }
    values[row] = items[held & mask];
    held >>>= bits;
    heldBits -= bits;
  }
  return values;
}

function readItems(source: StructuredReader, count: number): unknown[] {
  const values = emptyList(count);
  for (let row = 0; row < count; row++) values[row] = source.value();
  return values;
}

function readStrings(source: StructuredReader, rowCount: number): unknown[] {
  const width = source.count();
  if (width === 0) {
    const length = source.count();
    const even = emptyList(rowCount);
    for (let row = 0; row < rowCount; row++) even[row] = source.take(length);
    return even;
  }
  const { bytes, start } = source.skip(rowCount * width);
  const values = emptyList(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = source.take(readWord(bytes, start + row * width, width));
  return values;
}

function readIntegers(source: StructuredReader, rowCount: number): unknown[] {
  const base = Number(source.value());
  const width = source.count();
  const { bytes, start } = source.skip(rowCount * width);
  const values = emptyList(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = base + readWord(bytes, start + row * width, width);
  return values;
}

function readDecimals(source: StructuredReader, rowCount: number): unknown[] {
  const scale = Number(source.value());
  const values = readIntegers(source, rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = (values[row] as number) / scale;
  return values;
}

function readDoubles(source: StructuredReader, rowCount: number): unknown[] {
  const { bytes, start } = source.skip(rowCount * 8);
  const values = emptyList(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = bytes.readDoubleLE(start + row * 8);
  return values;
}

function readWord(bytes: Buffer, start: number, width: number): number {
  const low = bytes[start] as number;
  if (width === 1) return low;
  const lower = low | ((bytes[start + 1] as number) << 8);
  if (width === 2) return lower;
  return (lower | ((bytes[start + 2] as number) << 16) | ((bytes[start + 3] as number) << 24)) >>> 0;
}

function readNullable(source: StructuredReader, rowCount: number): unknown[] {
  const { bytes, start } = source.skip(Math.ceil(rowCount / 8));
  let presentCount = 0;
  const isPresent = (row: number): boolean => (((bytes[start + (row >>> 3)] as number) >>> (row & 7)) & 1) === 1;
  for (let row = 0; row < rowCount; row++) if (isPresent(row)) presentCount += 1;
  const present = readColumn(source, presentCount);
  const values = emptyList(rowCount);
  let next = 0;
  for (let row = 0; row < rowCount; row++) values[row] = isPresent(row) ? present[next++] : null;
  return values;
}

function readLists(source: StructuredReader, rowCount: number): unknown[] {
  const lengths = readColumn(source, rowCount);
  let total = 0;
  for (let row = 0; row < rowCount; row++) total += toLength(lengths[row]);
  if (total > format.MAX_ROWS) throw new CacheError('CACHE_VALUE_MALFORMED', 'its lists are too long');
  const held = readColumn(source, total);
  const values = emptyList(rowCount);
  let start = 0;
  for (let row = 0; row < rowCount; row++) {
    const end = start + (lengths[row] as number);
    values[row] = held.slice(start, end);
    start = end;
  }
  return values;
}

function toLength(item: unknown): number {
  if (typeof item === 'number' && item >= 0 && Number.isInteger(item)) return item;
  throw new CacheError('CACHE_VALUE_MALFORMED', 'the length of a list is damaged');
}
