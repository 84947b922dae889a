import { CacheError } from '../errors.ts';
import type { NewRecord, RemoteRecord } from '../remote.ts';

/** First byte of a record, which is also the version of its layout. */
export const VALUE_KIND = 0xd3;
export const LEASE_KIND = 0xd2;

/** Kind, flags and version: what a fence compares. */
export const HEAD_BYTES = 12;
export const VERSION_OFFSET = 2;
/** Where the two times stand, right after the head: epoch milliseconds of six bytes each. */
export const TIMES_OFFSET = 12;
const TIME_BYTES = 6;
const MAX_TIME = 2 ** 48 - 1;
const LOAD_OFFSET: number = TIMES_OFFSET + 2 * TIME_BYTES;
const MAX_LOAD_MS = 0xffff;
const TAG_COUNT_OFFSET: number = LOAD_OFFSET + 2;
const TAGS_OFFSET: number = TAG_COUNT_OFFSET + 1;
/** Set in the count of tags: the first tag is the namespace's own, and its name is left out. */
const HAS_OWN_TAG = 0x80;
/** Tags that a record has room for, its namespace's own among them. */
export const MAX_TAGS = 0x7f;
const TAG_VERSION_BYTES = 8;
const NAME_LENGTH_BYTES = 2;

/**
 * What the front of a record says, read from its bytes when it is asked for: a batch makes many of these, and large
 * numbers would each be an object of their own. Its value is filled in by whoever decodes it.
 */
export class RecordFront implements RemoteRecord {
  value: unknown = undefined;
  readonly payloadOffset: number;
  private readonly bytes: Buffer;

  /** @throws CacheError CACHE_VALUE_MALFORMED when it is not a record of this layout. */
  constructor(bytes: Buffer) {
    if (bytes[0] !== VALUE_KIND || bytes.length < TAGS_OFFSET)
      throw new CacheError('CACHE_VALUE_MALFORMED', 'its layout is unknown');
    this.bytes = bytes;
    const tagByte = bytes[TAG_COUNT_OFFSET] as number;
    const firstName = TAGS_OFFSET + ((tagByte & HAS_OWN_TAG) === 0 ? 0 : TAG_VERSION_BYTES);
    this.payloadOffset = tagByte === HAS_OWN_TAG ? firstName : endOfNames(bytes, firstName, tagByte & MAX_TAGS);
    if (this.payloadOffset > bytes.length) throw toCutOff();
  }

  get flags(): number {
    return this.bytes[1] as number;
  }

  get freshUntil(): number {
    return readUint48(this.bytes, TIMES_OFFSET);
  }

  get staleUntil(): number {
    return readUint48(this.bytes, TIMES_OFFSET + TIME_BYTES);
  }

  get ownVersion(): number {
    return this.bytes[TAG_COUNT_OFFSET] === HAS_OWN_TAG ? this.bytes.readDoubleLE(TAGS_OFFSET) : Number.NaN;
  }

  get loadMs(): number {
    return (this.bytes[LOAD_OFFSET] as number) | ((this.bytes[LOAD_OFFSET + 1] as number) << 8);
  }

  get tags(): readonly (readonly [string, number])[] {
    const { bytes } = this;
    const tags: [string, number][] = [];
    let offset = TAGS_OFFSET;
    const tagByte = bytes[TAG_COUNT_OFFSET] as number;
    if ((tagByte & HAS_OWN_TAG) !== 0) {
      tags.push(['', bytes.readDoubleLE(offset)]);
      offset += TAG_VERSION_BYTES;
    }
    for (let left = tagByte & MAX_TAGS; left > 0; left--) {
      const nameEnd = offset + NAME_LENGTH_BYTES + bytes.readUInt16LE(offset);
      tags.push([bytes.toString('utf8', offset + NAME_LENGTH_BYTES, nameEnd), bytes.readDoubleLE(nameEnd)]);
      offset = nameEnd + TAG_VERSION_BYTES;
    }
    return tags;
  }

  /** The part that identifies a record. */
  get version(): string {
    return toVersion(this.bytes);
  }
}

/** What a record is compared with. */
export interface PresentState {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The version of the namespace's own tag. */
  readonly ownVersion: number;
}

/** Where the payload of a record begins that carries no tag but its namespace's own. */
export const PLAIN_PAYLOAD_OFFSET: number = TAGS_OFFSET + TAG_VERSION_BYTES;

/** Whether a record carries no tag but its namespace's own, in its present version, and is fresh. */
export function isCurrent(bytes: Buffer, { now, ownVersion }: PresentState): boolean {
  return (
    bytes[0] === VALUE_KIND &&
    bytes[TAG_COUNT_OFFSET] === HAS_OWN_TAG &&
    bytes.length >= PLAIN_PAYLOAD_OFFSET &&
    readUint48(bytes, TIMES_OFFSET) > now &&
    bytes.readDoubleLE(TAGS_OFFSET) === ownVersion
  );
}

/** Where so many named tags end, which begin at `start`. */
function endOfNames(bytes: Buffer, start: number, count: number): number {
  let offset = start;
  for (let left = count; left > 0; left--) {
    if (offset + NAME_LENGTH_BYTES > bytes.length) throw toCutOff();
    offset += NAME_LENGTH_BYTES + bytes.readUInt16LE(offset) + TAG_VERSION_BYTES;
  }
  return offset;
}

/** The part of a record that identifies it. */
export function toVersion(bytes: Buffer): string {
  return bytes.toString('latin1', 0, HEAD_BYTES);
}

/** Bytes that stand before the payload. */
export function frontLength(tags: NewRecord['tags']): number {
  let length = TAGS_OFFSET;
  for (let index = 0; index < tags.length && index < MAX_TAGS; index++) {
    const [name] = tags[index] as readonly [string, number];
    length += TAG_VERSION_BYTES + (name === '' ? 0 : NAME_LENGTH_BYTES + Buffer.byteLength(name));
  }
  return length;
}

/** Writes everything before the payload but the version. */
export function writeFront(bytes: Buffer, record: NewRecord, flags: number): void {
  const { tags } = record;
  const tagCount = Math.min(tags.length, MAX_TAGS);
  const hasOwn = tags[0]?.[0] === '';
  bytes[0] = VALUE_KIND;
  bytes[1] = flags;
  writeTimes(bytes, TIMES_OFFSET, record);
  const loadMs = Math.min(Math.ceil(record.loadMs), MAX_LOAD_MS);
  bytes[LOAD_OFFSET] = loadMs;
  bytes[LOAD_OFFSET + 1] = loadMs >>> 8;
  bytes[TAG_COUNT_OFFSET] = hasOwn ? (tagCount - 1) | HAS_OWN_TAG : tagCount;
  let offset = TAGS_OFFSET;
  for (let index = 0; index < tagCount; index++) {
    const [name, version] = tags[index] as readonly [string, number];
    if (name !== '') {
      const nameBytes = bytes.write(name, offset + NAME_LENGTH_BYTES, 'utf8');
      bytes.writeUInt16LE(nameBytes, offset);
      offset += NAME_LENGTH_BYTES + nameBytes;
    }
    offset = bytes.writeDoubleLE(version, offset);
  }
}

/** Writes a whole number of up to six bytes, little-endian; Buffer's own way checks more than is needed here. */
export function writeUint48(bytes: Buffer, value: number, offset: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
  bytes[offset + 4] = high;
  bytes[offset + 5] = high >>> 8;
}

/** What {@link writeUint48} wrote; not a number beyond the end of the bytes. */
export function readUint48(bytes: Buffer, offset: number): number {
  const low =
    (bytes[offset] as number) |
    ((bytes[offset + 1] as number) << 8) |
    ((bytes[offset + 2] as number) << 16) |
    ((bytes[offset + 3] as number) << 24);
  const high = (bytes[offset + 4] as number) + (bytes[offset + 5] as number) * 0x100;
  return (low >>> 0) + high * 0x1_0000_0000;
}

/** The two times as they stand in a record, to be written over those of another. */
export function toTimes(times: Pick<NewRecord, 'freshUntil' | 'staleUntil'>): Buffer {
  const bytes = Buffer.alloc(2 * TIME_BYTES);
  writeTimes(bytes, 0, times);
  return bytes;
}

function writeTimes(bytes: Buffer, offset: number, times: Pick<NewRecord, 'freshUntil' | 'staleUntil'>): void {
  writeUint48(bytes, Math.min(Math.round(times.freshUntil), MAX_TIME), offset);
  writeUint48(bytes, Math.min(Math.round(times.staleUntil), MAX_TIME), offset + TIME_BYTES);
}

function toCutOff(): CacheError {
  return new CacheError('CACHE_VALUE_MALFORMED', 'its tags are cut off');
}
