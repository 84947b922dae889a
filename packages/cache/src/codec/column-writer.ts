import type { StructuredWriter } from './structured-writer.ts';
import * as format from './structured-format.ts';

/** Rows after which a column that repeats little is no dictionary any more. */
const DICTIONARY_TRIAL = 64;
const MAX_DICTIONARY = 256;
const DECIMAL_SCALES = [10, 100, 1_000, 10_000] as const;
const UINT32_LIMIT = 0x1_0000_0000;
const INT32_LIMIT = 0x8000_0000;

/** What a column is made of. */
interface Census {
  strings: number;
  numbers: number;
  nulls: number;
  /** Booleans and undefined. */
  others: number;
  objects: number;
}

/** Writes the values of one property of many objects, in the way that is smallest and quick to read. */
export function writeColumn(target: StructuredWriter, values: readonly unknown[]): void {
  const census = takeCensus(values);
  const { strings, numbers, nulls, others, objects } = census;
  const { length } = values;
  if (isConstant(values)) {
    writeKind(target, format.CONSTANT);
    target.value(values[0]);
    return;
  }
  if (numbers === length) {
    writeNumbers(target, values as readonly number[]);
    return;
  }
  if (numbers === 0 && objects === 0) {
    const dictionary = toDictionary(values);
    if (dictionary !== undefined) {
      writeDictionary(target, values, dictionary);
      return;
    }
  }
  if (strings === length) {
    writeStrings(target, values as readonly string[]);
    return;
  }
  if (nulls > 0 && others === 0 && nulls < length) {
    writeNullable(target, values);
    return;
  }
  const shape = objects === length ? target.sharedShape(values) : undefined;
  if (shape !== undefined) {
    writeKind(target, format.OBJECTS);
    target.columns(shape, values);
    return;
  }
  if (objects === length && areLists(values)) {
    writeLists(target, values);
    return;
  }
  writeKind(target, format.ITEMS);
  for (let row = 0; row < length; row++) target.value(values[row]);
}

function takeCensus(values: readonly unknown[]): Census {
  const census: Census = { strings: 0, numbers: 0, nulls: 0, others: 0, objects: 0 };
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value === 'string') census.strings += 1;
    else if (typeof value === 'number') census.numbers += 1;
    else if (value === null) census.nulls += 1;
    else if (typeof value === 'object' || typeof value === 'bigint') census.objects += 1;
    else census.others += 1;
  }
  return census;
}

function isConstant(values: readonly unknown[]): boolean {
  const [first] = values;
  if (typeof first === 'object' && first !== null) return false;
  for (let row = 1; row < values.length; row++) if (values[row] !== first) return false;
  return true;
}

/** The distinct values and their numbers; `undefined` when there are too many for that to pay. */
function toDictionary(values: readonly unknown[]): Map<unknown, number> | undefined {
  const dictionary = new Map<unknown, number>();
  let last: unknown;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === last && row > 0) continue;
    last = value;
    if (dictionary.has(value)) continue;
    if (dictionary.size >= MAX_DICTIONARY || dictionary.size * 2 >= Math.max(DICTIONARY_TRIAL, row)) return undefined;
    dictionary.set(value, dictionary.size);
  }
  return dictionary.size * 2 > values.length ? undefined : dictionary;
}

function writeDictionary(
  target: StructuredWriter,
  values: readonly unknown[],
  dictionary: ReadonlyMap<unknown, number>,
): void {
  writeKind(target, format.DICTIONARY);
  target.count(dictionary.size);
  for (const item of dictionary.keys()) target.value(item);
  const bits = bitsOf(dictionary.size);
  const { bytes, start } = target.reserve(Math.ceil((values.length * bits) / 8));
  let held = 0;
  let heldBits = 0;
  let position = start;
  let last: unknown;
  let number = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value !== last || row === 0) {
      last = value;
      number = dictionary.get(value) ?? 0;
    }
    held |= number << heldBits;
    heldBits += bits;
    if (heldBits < 8) continue;
    bytes[position++] = held;
    held = 0;
    heldBits = 0;
  }
  if (heldBits > 0) bytes[position] = held;
}

/** Bits that number so many things, of those that divide a byte. */
export function bitsOf(count: number): 1 | 2 | 4 | 8 {
  if (count <= 2) return 1;
  if (count <= 4) return 2;
  return count <= 16 ? 4 : 8;
}

function writeStrings(target: StructuredWriter, values: readonly string[]): void {
  const first = (values[0] as string).length;
  let longest = 0;
  let isEven = true;
  for (let row = 0; row < values.length; row++) {
    const { length } = values[row] as string;
    if (length > longest) longest = length;
    if (length !== first) isEven = false;
    target.append(values[row] as string);
  }
  writeKind(target, format.STRINGS);
  const width = isEven ? 0 : longest < 0x100 ? 1 : longest < 0x1_0000 ? 2 : 4;
  target.count(width);
  if (isEven) {
    target.count(first);
    return;
  }
  writeWords(target, { values, width, toWord: (row) => (values[row] as string).length });
}

function writeNumbers(target: StructuredWriter, values: readonly number[]): void {
  const isWhole = Number.isSafeInteger(values[0]) && writeIntegers(target, values, 1);
  if (isWhole) return;
  const scale = findScale(values);
  if (scale !== undefined && writeIntegers(target, values, scale)) return;
  writeKind(target, format.DOUBLES);
  const { bytes, start } = target.reserve(values.length * 8);
  for (let row = 0; row < values.length; row++) bytes.writeDoubleLE(values[row] as number, start + row * 8);
}

/** What makes the first numbers whole, and back to exactly what they were. */
function findScale(values: readonly number[]): number | undefined {
  return DECIMAL_SCALES.find((scale) => {
    for (let row = 0; row < Math.min(values.length, 16); row++)
      if (!isExact(values[row] as number, scale)) return false;
    return true;
  });
}

function isExact(value: number, scale: number): boolean {
  const whole = Math.round(value * scale);
  return whole / scale === value && Math.abs(whole) < INT32_LIMIT;
}

/** Writes numbers as integers after multiplying them; does nothing and says `false` when some are none. */
function writeIntegers(target: StructuredWriter, values: readonly number[], scale: number): boolean {
  let smallest = Infinity;
  let largest = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (scale === 1 ? !Number.isSafeInteger(value) : !isExact(value, scale)) return false;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  const base = Math.round(smallest * scale);
  const range = Math.round(largest * scale) - base;
  if (range >= UINT32_LIMIT) return false;
  if (scale === 1) writeKind(target, format.INTEGERS);
  else {
    writeKind(target, format.DECIMALS);
    target.value(scale);
  }
  target.value(base);
  const width = range < 0x100 ? 1 : range < 0x1_0000 ? 2 : 4;
  target.count(width);
  writeWords(target, { values, width, toWord: (row) => Math.round((values[row] as number) * scale) - base });
  return true;
}

function writeWords(
  target: StructuredWriter,
  words: { readonly values: readonly unknown[]; readonly width: number; readonly toWord: (row: number) => number },
): void {
  const { values, width, toWord } = words;
  const { bytes, start } = target.reserve(values.length * width);
  let position = start;
  for (let row = 0; row < values.length; row++) {
    const word = toWord(row);
    bytes[position++] = word;
    if (width === 1) continue;
    bytes[position++] = word >>> 8;
    if (width === 2) continue;
    bytes[position++] = word >>> 16;
    bytes[position++] = word >>> 24;
  }
}

function writeNullable(target: StructuredWriter, values: readonly unknown[]): void {
  writeKind(target, format.NULLABLE);
  const { bytes, start } = target.reserve(Math.ceil(values.length / 8));
  bytes.fill(0, start, start + Math.ceil(values.length / 8));
  const present: unknown[] = [];
  for (let row = 0; row < values.length; row++) {
    if (values[row] === null) continue;
    const place = start + (row >>> 3);
    bytes[place] = (bytes[place] as number) | (1 << (row & 7));
    present.push(values[row]);
  }
  writeColumn(target, present);
}

/** Whether all are arrays that together are no longer than a column may be. */
function areLists(values: readonly unknown[]): values is readonly (readonly unknown[])[] {
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (!Array.isArray(value)) return false;
    total += value.length;
  }
  return total <= format.MAX_ROWS;
}

function writeLists(target: StructuredWriter, values: readonly (readonly unknown[])[]): void {
  const lengths: number[] = [];
  const held: unknown[] = [];
  for (let row = 0; row < values.length; row++) {
    const list = values[row] as readonly unknown[];
    lengths.push(list.length);
    for (let index = 0; index < list.length; index++) held.push(list[index]);
  }
  writeKind(target, format.LISTS);
  writeColumn(target, lengths);
  writeColumn(target, held);
}

function writeKind(target: StructuredWriter, kind: number): void {
  const { bytes, start } = target.reserve(1);
  bytes[start] = kind;
}
