import { deserialize, serialize } from 'node:v8';
import { Packr } from 'msgpackr';
import { CacheError } from '../errors.ts';
import type { AdmittedValue } from '../memory/admission.ts';

/** How a value is written; the numbers are stored, so they never change their meaning. */
export const CODECS = { text: 1, bytes: 2, compact: 3, records: 4, exact: 5 } as const;

/** One of {@link CODECS}. */
export type Codec = (typeof CODECS)[keyof typeof CODECS];

/** A value as bytes. */
export interface EncodedValue {
  readonly codec: Codec;
  readonly payload: Buffer;
}

/** Above that estimate the names of properties are written once instead of in each object. */
const RECORDS_FROM_BYTES = 1_500;

/**
 * Turns values into bytes and back. It picks the codec by value: text and bytes as they are, MessagePack for regular
 * data (with property names written once when the value is larger), V8's structured clone for what MessagePack loses.
 */
export class ValueCodec {
  private readonly compact = new Packr({ useRecords: false, mapsAsObjects: true, moreTypes: true });
  private readonly records = new Packr({ useRecords: true, moreTypes: true });

  encode(value: unknown, admitted: AdmittedValue): EncodedValue {
    if (typeof value === 'string' && value.isWellFormed())
      return { codec: CODECS.text, payload: Buffer.from(value, 'utf8') };
    if (Buffer.isBuffer(value)) return { codec: CODECS.exact, payload: serialize(value) };
    if (value instanceof Uint8Array && value.constructor === Uint8Array)
      return { codec: CODECS.bytes, payload: Buffer.from(value) };
    if (admitted.isIrregular) return { codec: CODECS.exact, payload: serialize(value) };
    const isSmall = admitted.bytes < RECORDS_FROM_BYTES && !admitted.isMutable;
    // The packer reuses its buffer: what is kept must be copied, and callers append to it in any case.
    return isSmall
      ? { codec: CODECS.compact, payload: this.compact.pack(value) }
      : { codec: CODECS.records, payload: this.records.pack(value) };
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
        case CODECS.bytes:
          return Uint8Array.from(bytes.subarray(start));
        case CODECS.compact:
          return this.compact.unpack(bytes, { start, end: bytes.length }) as unknown;
        case CODECS.records:
          return this.records.unpack(bytes, { start, end: bytes.length }) as unknown;
        case CODECS.exact:
          return deserialize(bytes.subarray(start)) as unknown;
        default:
          throw new CacheError('CACHE_VALUE_MALFORMED', `codec ${codec} is unknown`);
      }
    } catch (error) {
      if (error instanceof CacheError) throw error;
      throw new CacheError('CACHE_VALUE_MALFORMED', undefined, { cause: error });
    }
  }
}
