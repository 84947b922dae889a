import { CacheError } from '../errors.ts';
import { readColumn } from './column-reader.ts';
import { emptyList } from './empty-list.ts';
import { readUint48 } from './record-front.ts';
import type { PlanSource } from './record-plan.ts';
import type { Shape, ShapeCatalog } from './shape.ts';
import * as format from './structured-format.ts';

const NOTHING = Buffer.alloc(0);
const MAX_GUESSES = 64;

/** Reads back what {@link StructuredWriter} wrote. Synchronous: one value at a time. */
export class StructuredReader implements PlanSource {
  private readonly catalog: ShapeCatalog;
  /** Of the value that is being read; see {@link PlanSource}. */
  bytes: Buffer = NOTHING;
  position = 0;
  end = 0;
  text = '';
  cursor = 0;
  /** Of this value, as far as they are known, and behind them those of the values before. */
  private readonly shapes: Shape[] = [];
  private shapeCount = 0;

  constructor(catalog: ShapeCatalog) {
    this.catalog = catalog;
  }

  /**
   * The value whose bytes begin at `start`.
   * @throws CacheError CACHE_VALUE_MALFORMED when they are not what the writer makes.
   */
  read(bytes: Buffer, start: number): unknown {
    this.bytes = bytes;
    this.position = start;
    this.end = bytes.length;
    const head = this.count();
    this.end = bytes.length - Math.floor(head / 2);
    if (this.end < this.position) throw toMalformed();
    this.text = bytes.toString(head % 2 === 0 ? 'latin1' : 'utf8', this.end);
    this.cursor = 0;
    this.shapeCount = 0;
    if (this.shapes.length > MAX_GUESSES) this.shapes.length = MAX_GUESSES;
    try {
      return bytes[this.position] === format.NEW_SHAPE ? this.record() : this.value();
    } finally {
      this.bytes = NOTHING;
      this.text = '';
    }
  }

  /** Reads an item. */
  value(): unknown {
    const tag = this.bytes[this.position++] as number;
    if (tag < format.SMALL_NUMBER) return this.take(tag);
    if (tag < format.NULL) return tag - format.SMALL_NUMBER;
    switch (tag) {
      case format.NULL:
        return null;
      case format.TRUE:
        return true;
      case format.FALSE:
        return false;
      case format.UNDEFINED:
        return undefined;
      case format.INT32:
        this.position += 4;
        return this.bytes.readInt32LE(this.position - 4);
      case format.FLOAT64:
        this.position += 8;
        return this.bytes.readDoubleLE(this.position - 8);
      case format.UINT48:
        this.position += 6;
        return readUint48(this.bytes, this.position - 6);
      case format.LONG_STRING:
        return this.take(this.count());
      case format.ARRAY:
        return this.array();
      case format.NEW_SHAPE:
      case format.KNOWN_SHAPE:
        return this.shape(tag).build(this);
      case format.TABLE: {
        const rowCount = this.count();
        return this.rows(rowCount);
      }
      case format.EMPTY_OBJECT:
        return {};
      default:
        throw toMalformed();
    }
  }

  /** Reads a count. */
  count(): number {
    const first = this.bytes[this.position] as number;
    if (first > 127 || this.position >= this.end) return this.longCount();
    this.position += 1;
    return first;
  }

  private longCount(): number {
    let count = 0;
    for (let factor = 1; ; factor *= 128) {
      if (this.position >= this.end || factor > 0x1_0000_0000) throw toMalformed();
      const byte = this.bytes[this.position++] as number;
      if (byte < 128) return count + byte * factor;
      count += (byte - 128) * factor;
    }
  }

  /** The next so many units of the text. */
  take(length: number): string {
    const start = this.cursor;
    this.cursor = start + length;
    if (this.cursor > this.text.length) throw toMalformed();
    return this.text.substring(start, this.cursor);
  }

  /** The next so many bytes, as a place in the bytes. */
  skip(count: number): { readonly bytes: Buffer; readonly start: number } {
    const start = this.position;
    this.position = start + count;
    if (this.position > this.end) throw toMalformed();
    return { bytes: this.bytes, start };
  }

  /** Reads objects of one shape that were written by columns. */
  rows(rowCount: number): object[] {
    if (rowCount > format.MAX_ROWS) throw toMalformed();
    const shape = this.shape(this.bytes[this.position++] as number);
    const columns = emptyList(shape.names.length);
    for (let index = 0; index < shape.names.length; index++) columns[index] = readColumn(this, rowCount);
    return shape.toRows(columns as unknown[][], rowCount);
  }

  /** A value that is an object: by its plan when it has one and is as expected. */
  private record(): object {
    this.position += 1;
    const shape = this.newShape(this.count());
    const planned = shape.plan?.build(this);
    if (planned !== undefined) {
      shape.fits += 1;
      return planned;
    }
    const built = shape.build(this);
    shape.noteRecord(built);
    return built;
  }

  private array(): unknown[] {
    const length = this.count();
    if (length > this.end - this.position) throw toMalformed();
    const items = emptyList(length);
    for (let index = 0; index < length; index++) items[index] = this.value();
    return items;
  }

  private shape(tag: number): Shape {
    if (tag === format.NEW_SHAPE) return this.newShape(this.count());
    const number = tag === format.KNOWN_SHAPE ? this.count() : Infinity;
    const shape = number < this.shapeCount ? this.shapes[number] : undefined;
    if (shape === undefined) throw toMalformed();
    return shape;
  }

  /** The value before had the same shapes, more often than not: then nothing has to be looked up. */
  private newShape(length: number): Shape {
    const number = this.shapeCount++;
    const guess = this.shapes[number];
    const joined = this.take(length);
    // Comparing with === takes a third of the time that startsWith takes.
    if (guess !== undefined && guess.joined === joined) return guess;
    const shape = this.catalog.ofText(joined);
    if (shape === undefined) throw toMalformed();
    this.shapes[number] = shape;
    return shape;
  }
}

function toMalformed(): CacheError {
  return new CacheError('CACHE_VALUE_MALFORMED', 'its structure is damaged');
}
