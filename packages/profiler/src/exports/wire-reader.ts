/** One field of a Protocol Buffers message: its number, and a number or bytes. */
export interface WireField {
  readonly number: number;
  /** Of variable or fixed length integers. */
  readonly integer: bigint;
  /** Of texts, messages and packed lists. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/**
 * Reads the fields of a message (Protocol Buffers, Encoding: wire types 0, 1, 2 and 5).
 * @throws RangeError when the bytes end within a field or have another wire type.
 */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let offset = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(offset++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  while (offset < message.length) {
    const key = Number(readVarint());
    const number = key >>> 3;
    const wireType = key & 7;
    if (wireType === 0) {
      yield { number, integer: readVarint(), bytes: NO_BYTES };
    } else if (wireType === 2) {
      const length = Number(readVarint());
      if (offset + length > message.length) throw new RangeError('the message ends within a field');
      yield { number, integer: 0n, bytes: message.subarray(offset, offset + length) };
      offset += length;
    } else if (wireType === 1 || wireType === 5) {
      const integer = wireType === 1 ? view.getBigUint64(offset, true) : BigInt(view.getUint32(offset, true));
      yield { number, integer, bytes: NO_BYTES };
      offset += wireType === 1 ? 8 : 4;
    } else {
      throw new RangeError(`wire type ${wireType} is not known`);
    }
  }
}

/** The integers of a repeated field, packed or not. */
export function readIntegers({ bytes, integer }: WireField): readonly bigint[] {
  if (bytes.length === 0) return [integer];
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(BigInt.asUintN(64, value));
    value = 0n;
    shift = 0n;
  }
  return values;
}
