import { writeColumn } from './column-writer.ts';
import { writeUint48 } from './record-front.ts';
import type { ShapeCatalog, Shape } from './shape.ts';
import * as format from './structured-format.ts';

/** Thrown at a value that this codec does not carry. */
export class UnstructuredValue extends Error {}

/** Values are written one behind the other into a piece of memory of that size, and larger ones into their own. */
const SLAB_BYTES = 64 * 1024;
/** More than any item but a string or a column takes. */
const ITEM_BYTES = 16;
const LENGTH_BYTES = 6;
const MAX_GUESSES = 64;
const UINT48_LIMIT = 2 ** 48;
/** An UTF-16 unit takes at most that many bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Plain data as bytes; see structured-format.ts. Synchronous: one value at a time. */
export class StructuredWriter {
  private readonly catalog: ShapeCatalog;
  private bytes = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** Where the value began that is being written. */
  private origin = 0;
  private position = 0;
  /** Of the value that is being written; a plan adds to it, too. */
  text = '';
  private shapeCount = 0;
  private recordCount = 0;
  private readonly guesses: (Shape | undefined)[] = [];
  private valueNumber = 0;

  constructor(catalog: ShapeCatalog) {
    this.catalog = catalog;
  }

  /**
   * The bytes of `value`, behind as many free ones as asked for. They are the caller's.
   * @throws UnstructuredValue for what is not plain data of strings, numbers, booleans, null, undefined, arrays, objects.
   */
  write(value: unknown, freeBytes: number): Buffer {
    this.valueNumber += 1;
    this.shapeCount = 0;
    this.recordCount = 0;
    this.text = '';
    this.position = this.origin;
    // The length of the text stands right before the stream, and takes as many bytes as it needs.
    const front = freeBytes + LENGTH_BYTES;
    this.ensure(front + ITEM_BYTES);
    this.position += front;
    if (isRecord(value)) this.root(value);
    else this.value(value);
    const { text } = this;
    this.text = '';
    this.ensure(text.length * MAX_BYTES_PER_UNIT);
    const textBytes = text.length === 0 ? 0 : this.bytes.write(text, this.position, 'utf8');
    const end = this.position + textBytes;
    const head = textBytes * 2 + (textBytes === text.length ? 0 : 1);
    const start = this.origin + LENGTH_BYTES - lengthOfCount(head);
    this.position = start + freeBytes;
    this.count(head);
    const written = this.bytes.subarray(start, end);
    this.origin = end;
    return written;
  }

  /** Writes an item. */
  value(item: unknown): void {
    if (this.position + ITEM_BYTES > this.bytes.length) this.ensure(ITEM_BYTES);
    switch (typeof item) {
      case 'string':
        this.string(item);
        return;
      case 'number':
        this.number(item);
        return;
      case 'boolean':
        this.bytes[this.position++] = item ? format.TRUE : format.FALSE;
        return;
      case 'undefined':
        this.bytes[this.position++] = format.UNDEFINED;
        return;
      case 'object':
        if (item === null) this.bytes[this.position++] = format.NULL;
        else if (Array.isArray(item)) this.array(item);
        else this.record(item);
        return;
      default:
        throw new UnstructuredValue();
    }
  }

  /** Writes a count, seven bits a byte, the lowest first. */
  count(count: number): void {
    let rest = count;
    while (rest > 127) {
      this.bytes[this.position++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.position++] = rest;
  }

  /** Adds to the text. */
  append(text: string): void {
    this.text += text;
  }

  /** Room for so many bytes, to be filled by the caller at once. */
  reserve(count: number): { readonly bytes: Buffer; readonly start: number } {
    this.ensure(count + ITEM_BYTES);
    const start = this.position;
    this.position += count;
    return { bytes: this.bytes, start };
  }

  /** Which shape all of these have; `undefined` when they are not objects of one shape. */
  sharedShape(rows: readonly unknown[]): Shape | undefined {
    const [first] = rows;
    if (!isRecord(first)) return undefined;
    const shape = this.catalog.ofRecord(first);
    if (shape === undefined) return undefined;
    for (let index = 1; index < rows.length; index++) {
      const row = rows[index];
      if (!isRecord(row) || !shape.matches(row)) return undefined;
    }
    return shape;
  }

  /** Writes objects of one shape by columns. */
  columns(shape: Shape, rows: readonly unknown[]): void {
    this.ensure(ITEM_BYTES);
    this.shape(shape);
    for (const column of shape.toColumns(rows as readonly Record<string, unknown>[])) writeColumn(this, column);
  }

  private string(item: string): void {
    if (item.length < format.SMALL_NUMBER) {
      this.bytes[this.position++] = item.length;
    } else {
      this.bytes[this.position++] = format.LONG_STRING;
      this.count(item.length);
    }
    this.text += item;
  }

  private number(item: number): void {
    if ((item | 0) !== item) {
      if (item > 0 && item < UINT48_LIMIT && Math.floor(item) === item) {
        this.bytes[this.position++] = format.UINT48;
        writeUint48(this.bytes, item, this.position);
        this.position += 6;
        return;
      }
      this.bytes[this.position++] = format.FLOAT64;
      this.position = this.bytes.writeDoubleLE(item, this.position);
    } else if (item >= 0 && item < format.SMALL_NUMBER_LIMIT) {
      this.bytes[this.position++] = format.SMALL_NUMBER + item;
    } else {
      this.bytes[this.position++] = format.INT32;
      this.position = this.bytes.writeInt32LE(item, this.position);
    }
  }

  private array(items: readonly unknown[]): void {
    const isLong = items.length >= format.TABLE_FROM_ROWS && items.length <= format.MAX_ROWS;
    const shape = isLong ? this.sharedShape(items) : undefined;
    this.bytes[this.position++] = shape === undefined ? format.ARRAY : format.TABLE;
    this.count(items.length);
    if (shape === undefined) for (let index = 0; index < items.length; index++) this.value(items[index]);
    else this.columns(shape, items);
  }

  /** A value that is an object: by its plan when it has one and is as expected. */
  private root(item: object): void {
    const shape = this.shapeOf(item);
    if (shape === undefined) {
      this.empty(item);
      return;
    }
    this.shape(shape);
    const { plan } = shape;
    if (plan !== undefined) {
      this.ensure(plan.maxBytes);
      const end = plan.put(item, this.bytes, this.position, this);
      if (end !== -1) {
        shape.fits += 1;
        this.position = end;
        return;
      }
    }
    shape.put(this, item as Record<string, unknown>);
    shape.noteRecord(item);
  }

  private record(item: object): void {
    const shape = this.shapeOf(item);
    if (shape === undefined) {
      this.empty(item);
      return;
    }
    this.shape(shape);
    shape.put(this, item as Record<string, unknown>);
  }

  private empty(item: object): void {
    for (const _ in item) throw new UnstructuredValue();
    this.bytes[this.position++] = format.EMPTY_OBJECT;
  }

  /** The value before had the same shapes, more often than not: then nothing has to be looked up. */
  private shapeOf(item: object): Shape | undefined {
    const place = this.recordCount++;
    const guess = this.guesses[place];
    if (guess?.matches(item) === true) return guess;
    const shape = this.catalog.ofRecord(item);
    if (shape !== undefined && place < MAX_GUESSES) this.guesses[place] = shape;
    return shape;
  }

  private shape(shape: Shape): void {
    if (shape.writtenIn === this.valueNumber) {
      this.bytes[this.position++] = format.KNOWN_SHAPE;
      this.count(shape.number);
      return;
    }
    shape.writtenIn = this.valueNumber;
    shape.number = this.shapeCount++;
    this.bytes[this.position++] = format.NEW_SHAPE;
    this.count(shape.joined.length);
    this.text += shape.joined;
  }

  /** Goes on in a new piece of memory when the present one has not that much left. */
  private ensure(count: number): void {
    const used = this.position - this.origin;
    if (this.position + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (used + count) * 2));
    this.bytes.copy(larger, 0, this.origin, this.position);
    this.bytes = larger;
    this.origin = 0;
    this.position = used;
  }
}

function isRecord(item: unknown): item is object {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function lengthOfCount(count: number): number {
  let length = 1;
  for (let rest = count; rest > 127; rest = Math.floor(rest / 128)) length += 1;
  return length;
}
