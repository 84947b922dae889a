import { deserialize, serialize } from 'node:v8';
import { Packr } from 'msgpackr';
import { CacheError } from '../errors.ts';
import type { AdmittedValue } from '../memory/admission.ts';
import { ShapeCatalog } from './shape.ts';
import { StructuredReader } from './structured-reader.ts';
import { StructuredWriter, UnstructuredValue } from './structured-writer.ts';

/** How a value is written; the numbers are stored, so they never change their meaning. */
export const CODECS = { text: 1, bytes: 2, records: 4, exact: 5, structured: 6, asciiText: 7 } as const;

/** One of {@link CODECS}. */
export type Codec = (typeof CODECS)[keyof typeof CODECS];

/** A value as bytes. */
export interface EncodedValue {
  readonly codec: Codec;
  /** The value's bytes, behind free ones for the front of a record. */
  readonly bytes: Buffer;
}

/**
 * Turns values into bytes and back. It picks the codec by value: text and bytes as they are, the structured codec of
 * our own for plain data, MessagePack for data with dates, maps, sets or big integers, V8's structured clone for what
 * that loses.
 */
export class ValueCodec {
  private readonly records = new Packr({ useRecords: true, moreTypes: true });
  private readonly catalog = new ShapeCatalog();
  private readonly writer = new StructuredWriter(this.catalog);
  private readonly reader = new StructuredReader(this.catalog);

  /** @param freeBytes How many bytes to leave free in front. */
  encode(value: unknown, admitted: AdmittedValue, freeBytes: number): EncodedValue {
    if (typeof value === 'string' && !admitted.isIrregular) return toText(value, freeBytes);
    if (value instanceof Uint8Array && value.constructor === Uint8Array)
      return { codec: CODECS.bytes, bytes: behind(value, freeBytes) };
    if (admitted.isIrregular || Buffer.isBuffer(value))
      return { codec: CODECS.exact, bytes: behind(serialize(value), freeBytes) };
    const structured = admitted.isMutable ? undefined : this.toStructured(value, freeBytes);
    if (structured !== undefined) return { codec: CODECS.structured, bytes: structured };
    return { codec: CODECS.records, bytes: behind(this.records.pack(value), freeBytes) };
  }

  /**
   * @param start Where the value begins in `bytes`.
   * @throws CacheError CACHE_VALUE_MALFORMED when the bytes are not what the codec writes.
   */
  decode(codec: number, bytes: Buffer, start = 0): unknown {
    try {
      switch (codec) {
        case CODECS.text:
          return bytes.toString('utf8', start);
        case CODECS.asciiText:
          // The same characters, read faster.
          return bytes.toString('latin1', start);
        case CODECS.bytes:
          return Uint8Array.from(bytes.subarray(start));
        case CODECS.records:
          return this.records.unpack(bytes, { start, end: bytes.length }) as unknown;
        case CODECS.exact:
          return deserialize(bytes.subarray(start)) as unknown;
        case CODECS.structured:
          return this.reader.read(bytes, start);
        default:
          throw new CacheError('CACHE_VALUE_MALFORMED', `codec ${codec} is unknown`);
      }
    } catch (error) {
      if (error instanceof CacheError) throw error;
      throw new CacheError('CACHE_VALUE_MALFORMED', undefined, { cause: error });
    }
  }

  private toStructured(value: unknown, freeBytes: number): Buffer | undefined {
    try {
      return this.writer.write(value, freeBytes);
    } catch (error) {
      if (error instanceof UnstructuredValue) return undefined;
      throw error;
    }
  }
}

function toText(value: string, freeBytes: number): EncodedValue {
  const byteLength = Buffer.byteLength(value);
  const isAscii = byteLength === value.length;
  const bytes = Buffer.allocUnsafe(freeBytes + byteLength);
  bytes.write(value, freeBytes, isAscii ? 'latin1' : 'utf8');
  return { codec: isAscii ? CODECS.asciiText : CODECS.text, bytes };
}

function behind(payload: Uint8Array, freeBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(freeBytes + payload.length);
  bytes.set(payload, freeBytes);
  return bytes;
}
