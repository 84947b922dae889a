import { randomBytes } from 'node:crypto';
import { CacheError } from '../errors.ts';
import { type AdmittedValue, admitValue } from '../memory/admission.ts';
import type { NewRecord } from '../remote.ts';
import { compress, decompress } from './compression.ts';
import type { RecordCipher } from './encryption.ts';
import {
  frontLength,
  HEAD_BYTES,
  isCurrent,
  LEASE_KIND,
  PLAIN_PAYLOAD_OFFSET,
  type PresentState,
  RecordFront,
  VERSION_OFFSET,
  writeFront,
  writeUint48,
} from './record-front.ts';
import { CODECS, ValueCodec } from './value-codec.ts';

const COMPRESSED = 0x10;
const ENCRYPTED = 0x20;
const CODEC_MASK = 0x0f;
/** A version: four random bytes of this process, then six that count from a random start. */
const INSTANCE_BYTES = 4;
const MAX_START = 2 ** 47;

/**
 * Writes and reads what Redis holds: the front of a record (record-front.ts) and its payload. A reader that meets an
 * unknown layout or codec treats the record as absent.
 */
export class RecordCodec {
  private readonly values = new ValueCodec();
  private readonly instance = randomBytes(INSTANCE_BYTES);
  private sequence = randomBytes(6).readUIntLE(0, 6) % MAX_START;

  /** A record that says: this value is being loaded. */
  createLease(): Buffer {
    const lease = Buffer.alloc(HEAD_BYTES);
    lease[0] = LEASE_KIND;
    this.writeVersion(lease);
    return lease;
  }

  isLease(bytes: Buffer): boolean {
    return bytes[0] === LEASE_KIND;
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
    const freeBytes = frontLength(record.tags);
    const { codec, bytes } = this.values.encode(record.value, admitted, freeBytes);
    const packed = compress(bytes, { start: freeBytes, isStructured: codec === CODECS.structured });
    const { cipher } = options;
    if (packed === undefined && cipher === undefined) return this.finish(bytes, record, codec);
    const seal = (body: Buffer | undefined): Buffer => {
      const flags = codec | (body === undefined ? 0 : COMPRESSED) | (cipher === undefined ? 0 : ENCRYPTED);
      const plain = body ?? bytes.subarray(freeBytes);
      const sealed = cipher?.encrypt(plain, Buffer.from(options.name)) ?? plain;
      const whole = Buffer.allocUnsafe(freeBytes + sealed.length);
      sealed.copy(whole, freeBytes);
      return this.finish(whole, record, flags);
    };
    return packed instanceof Promise ? packed.then(seal) : seal(packed);
  }

  /** Whether a record is current, neither compressed nor encrypted, and without tags of its own. */
  isPlain(bytes: Buffer, present: PresentState): boolean {
    return ((bytes[1] as number) & (ENCRYPTED | COMPRESSED)) === 0 && isCurrent(bytes, present);
  }

  /** The value of a record that {@link isPlain}. @throws CacheError CACHE_VALUE_MALFORMED when it cannot be read. */
  readPlain(bytes: Buffer): unknown {
    return this.values.decode((bytes[1] as number) & CODEC_MASK, bytes, PLAIN_PAYLOAD_OFFSET);
  }

  /** @throws CacheError CACHE_VALUE_MALFORMED when it is not a record of this layout. */
  readFront(bytes: Buffer): RecordFront {
    return new RecordFront(bytes);
  }

  /** @throws CacheError CACHE_VALUE_MALFORMED or CACHE_DECRYPTION_FAILED when the payload cannot be read. */
  readValue(
    bytes: Buffer,
    front: RecordFront,
    options: { readonly cipher: RecordCipher | undefined; readonly name: string },
  ): unknown {
    const { cipher, name } = options;
    const { flags } = front;
    const codec = flags & CODEC_MASK;
    if ((flags & (ENCRYPTED | COMPRESSED)) === 0 && cipher === undefined)
      return this.values.decode(codec, bytes, front.payloadOffset);
    let body = bytes.subarray(front.payloadOffset);
    if ((flags & ENCRYPTED) !== 0) {
      if (cipher === undefined) throw new CacheError('CACHE_DECRYPTION_FAILED', 'the cache has no encryption keys');
      body = cipher.decrypt(body, Buffer.from(name));
    } else if (cipher !== undefined) {
      throw new CacheError('CACHE_DECRYPTION_FAILED', 'it is not encrypted although its namespace is private');
    }
    if ((flags & COMPRESSED) === 0) return this.values.decode(codec, body);
    const unpacked = decompress(body);
    if (unpacked instanceof Promise) return unpacked.then((plain) => this.values.decode(codec, plain));
    return this.values.decode(codec, unpacked);
  }

  private finish(bytes: Buffer, record: NewRecord, flags: number): Buffer {
    writeFront(bytes, record, flags);
    this.writeVersion(bytes);
    return bytes;
  }

  private writeVersion(bytes: Buffer): void {
    const { instance } = this;
    for (let index = 0; index < INSTANCE_BYTES; index++) bytes[VERSION_OFFSET + index] = instance[index] as number;
    this.sequence += 1;
    writeUint48(bytes, this.sequence, VERSION_OFFSET + INSTANCE_BYTES);
  }
}
