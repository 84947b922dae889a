import { randomBytes } from 'node:crypto';
import { CacheError } from '../errors.ts';
import { type AdmittedValue, admitValue } from '../memory/admission.ts';
import type { NewRecord, RemoteRecord } from '../remote.ts';
import { compress, decompress } from './compression.ts';
import type { RecordCipher } from './encryption.ts';
import { ValueCodec } from './value-codec.ts';

/** First byte of a record, which is also the version of its layout. */
const VALUE_RECORD = 0xd1;
const LEASE_RECORD = 0xd2;
const COMPRESSED = 0x10;
const ENCRYPTED = 0x20;
const CODEC_MASK = 0x0f;

/** Kind, codec and version: what a fence compares. */
export const HEAD_BYTES = 14;
/** Where the two times stand, right after the head, each a double in little-endian order. */
export const TIMES_OFFSET = 14;
const LOAD_OFFSET = TIMES_OFFSET + 16;
const TAG_COUNT_OFFSET = LOAD_OFFSET + 4;
const TAGS_OFFSET = TAG_COUNT_OFFSET + 1;
const MAX_TAGS = 255;
const INSTANCE_BYTES = 6;

/** What the front of a record says, without its value. */
export interface RecordFront extends Omit<RemoteRecord, 'value' | 'version'> {
  readonly flags: number;
  readonly payloadOffset: number;
}

/**
 * Writes and reads what Redis holds: two bytes (layout; codec, compression, encryption), twelve of version, the times,
 * the tags, the payload. A reader that meets an unknown layout or codec treats the record as absent.
 */
export class RecordCodec {
  private readonly values = new ValueCodec();
  private readonly instance = randomBytes(INSTANCE_BYTES);
  private sequence = 0;

  /** A record that says: this value is being loaded. */
  createLease(): Buffer {
    const lease = Buffer.alloc(HEAD_BYTES);
    this.writeHead(lease, LEASE_RECORD, 0);
    return lease;
  }

  isLease(bytes: Buffer): boolean {
    return bytes[0] === LEASE_RECORD;
  }

  /** The part that identifies a record. */
  toVersion(bytes: Buffer): string {
    return bytes.toString('latin1', 0, HEAD_BYTES);
  }

  /** @param cipher Encrypts, with the record's `name` authenticated. */
  encode(
    record: NewRecord,
    options: {
      readonly admitted?: AdmittedValue | undefined;
      readonly cipher: RecordCipher | undefined;
      readonly name: string;
    },
  ): Buffer | Promise<Buffer> {
    const admitted = options.admitted ?? admitValue(record.value, { freeze: false });
    const { codec, payload } = this.values.encode(record.value, admitted);
    const finish = (packed: Buffer | undefined): Buffer => {
      const flags = codec | (packed === undefined ? 0 : COMPRESSED) | (options.cipher === undefined ? 0 : ENCRYPTED);
      const body = packed ?? payload;
      const sealed = options.cipher?.encrypt(body, Buffer.from(options.name)) ?? body;
      return this.assemble(record, flags, sealed);
    };
    const packed = compress(payload);
    return packed instanceof Promise ? packed.then(finish) : finish(packed);
  }

  /** @throws CacheError CACHE_VALUE_MALFORMED when it is not a record of this layout. */
  readFront(bytes: Buffer): RecordFront {
    if (bytes[0] !== VALUE_RECORD || bytes.length < TAGS_OFFSET)
      throw new CacheError('CACHE_VALUE_MALFORMED', 'its layout is unknown');
    const tags: [string, number][] = [];
    let offset = TAGS_OFFSET;
    for (let left = bytes[TAG_COUNT_OFFSET] as number; left > 0; left--) {
      const nameStart = offset + 2;
      const nameEnd = nameStart + bytes.readUInt16LE(offset);
      if (nameEnd + 8 > bytes.length) throw new CacheError('CACHE_VALUE_MALFORMED', 'its tags are cut off');
      const name = nameEnd === nameStart ? '' : bytes.toString('utf8', nameStart, nameEnd);
      tags.push([name, bytes.readDoubleLE(nameEnd)]);
      offset = nameEnd + 8;
    }
    return {
      flags: bytes[1] as number,
      freshUntil: bytes.readDoubleLE(TIMES_OFFSET),
      staleUntil: bytes.readDoubleLE(TIMES_OFFSET + 8),
      loadMs: bytes.readFloatLE(LOAD_OFFSET),
      tags,
      payloadOffset: offset,
    };
  }

  /** @throws CacheError CACHE_VALUE_MALFORMED or CACHE_DECRYPTION_FAILED when the payload cannot be read. */
  readValue(
    bytes: Buffer,
    front: RecordFront,
    options: { readonly cipher: RecordCipher | undefined; readonly name: string },
  ): unknown {
    const { flags } = front;
    const codec = flags & CODEC_MASK;
    if ((flags & (ENCRYPTED | COMPRESSED)) === 0 && options.cipher === undefined)
      return this.values.decode(codec, bytes, front.payloadOffset);
    let body = bytes.subarray(front.payloadOffset);
    if ((flags & ENCRYPTED) !== 0) {
      if (options.cipher === undefined)
        throw new CacheError('CACHE_DECRYPTION_FAILED', 'the cache has no encryption keys');
      body = options.cipher.decrypt(body, Buffer.from(options.name));
    } else if (options.cipher !== undefined) {
      throw new CacheError('CACHE_DECRYPTION_FAILED', 'it is not encrypted although its namespace is private');
    }
    if ((flags & COMPRESSED) === 0) return this.values.decode(codec, body);
    const unpacked = decompress(body);
    if (unpacked instanceof Promise) return unpacked.then((plain) => this.values.decode(codec, plain));
    return this.values.decode(codec, unpacked);
  }

  private assemble(record: NewRecord, flags: number, body: Buffer): Buffer {
    const tags = record.tags.slice(0, MAX_TAGS);
    let frontBytes = TAGS_OFFSET;
    for (const [name] of tags) frontBytes += 2 + Buffer.byteLength(name) + 8;
    const bytes = Buffer.allocUnsafe(frontBytes + body.length);
    this.writeHead(bytes, VALUE_RECORD, flags);
    bytes.writeDoubleLE(record.freshUntil, TIMES_OFFSET);
    bytes.writeDoubleLE(record.staleUntil, TIMES_OFFSET + 8);
    bytes.writeFloatLE(record.loadMs, LOAD_OFFSET);
    bytes[TAG_COUNT_OFFSET] = tags.length;
    let offset = TAGS_OFFSET;
    for (const [name, version] of tags) {
      const nameBytes = bytes.write(name, offset + 2, 'utf8');
      bytes.writeUInt16LE(nameBytes, offset);
      bytes.writeDoubleLE(version, offset + 2 + nameBytes);
      offset += 2 + nameBytes + 8;
    }
    body.copy(bytes, offset);
    return bytes;
  }

  private writeHead(bytes: Buffer, kind: number, flags: number): void {
    bytes[0] = kind;
    bytes[1] = flags;
    this.instance.copy(bytes, 2);
    this.sequence += 1;
    bytes.writeUIntLE(this.sequence, 2 + INSTANCE_BYTES, 6);
  }
}
