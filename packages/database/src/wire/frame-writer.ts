/** Bytes of one slab; large enough for some hundred short statements. */
const SLAB_BYTES = 32 * 1024;

/** A value as the protocol carries it: text, bytes, or NULL. */
export type EncodedValue = string | Uint8Array | null;

/**
 * Writes frontend messages of the PostgreSQL protocol, version 3 (PostgreSQL 18 documentation, section 54.7) one
 * behind the other. What was taken is never written to again, so that it can be handed to a socket as it is.
 */
export interface FrameWriter {
  parse(name: string, text: string): void;
  /** @param formats Of the columns of the result: 0 text, 1 binary; empty for all text. */
  bind(name: string, values: readonly EncodedValue[], formats: readonly number[]): void;
  describeStatement(name: string): void;
  execute(): void;
  closeStatement(name: string): void;
  sync(): void;
  /** The messages since the last call. */
  take(): Uint8Array;
}

const PARSE = 0x50;
const BIND = 0x42;
const DESCRIBE = 0x44;
const EXECUTE = 0x45;
const CLOSE = 0x43;
const SYNC = 0x53;
const STATEMENT = 0x53;

export function createFrameWriter(): FrameWriter {
  let slab = Buffer.allocUnsafe(SLAB_BYTES);
  let takenTo = 0;
  let at = 0;

  const reserve = (byteCount: number): void => {
    if (at + byteCount <= slab.length) return;
    const pending = slab.subarray(takenTo, at);
    const next = Buffer.allocUnsafe(Math.max(SLAB_BYTES, pending.length * 2 + byteCount));
    next.set(pending);
    slab = next;
    at = pending.length;
    takenTo = 0;
  };
  const writeInt32 = (value: number): void => {
    slab[at] = value >>> 24;
    slab[at + 1] = value >>> 16;
    slab[at + 2] = value >>> 8;
    slab[at + 3] = value;
    at += 4;
  };
  const writeInt16 = (value: number): void => {
    slab[at] = value >>> 8;
    slab[at + 1] = value;
    at += 2;
  };
  /** Room must be reserved: three bytes for each UTF-16 unit are enough. */
  const writeText = (text: string): void => {
    const { length } = text;
    if (length > 24) {
      at += slab.write(text, at, 'utf8');
      return;
    }
    // Short ASCII is copied faster here than through the binding.
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        at += slab.write(text.slice(index), at, 'utf8');
        return;
      }
      slab[at++] = code;
    }
  };
  const writeZeroEnded = (text: string): void => {
    writeText(text);
    slab[at++] = 0;
  };
  const begin = (code: number): number => {
    slab[at] = code;
    at += 5;
    return at - 4;
  };
  const end = (lengthAt: number): void => {
    slab.writeInt32BE(at - lengthAt, lengthAt);
  };
  const writeValue = (value: EncodedValue): void => {
    if (value === null) {
      writeInt32(-1);
      return;
    }
    if (typeof value === 'string') {
      const lengthAt = at;
      at += 4;
      writeText(value);
      slab.writeInt32BE(at - lengthAt - 4, lengthAt);
      return;
    }
    writeInt32(value.length);
    slab.set(value, at);
    at += value.length;
  };

  return {
    parse(name, text) {
      reserve(16 + name.length + text.length * 3);
      const lengthAt = begin(PARSE);
      writeZeroEnded(name);
      writeZeroEnded(text);
      writeInt16(0);
      end(lengthAt);
    },
    bind(name, values, formats) {
      let byteCount = 24 + name.length + values.length * 6 + formats.length * 2;
      for (const value of values)
        if (value !== null) byteCount += typeof value === 'string' ? value.length * 3 : value.length;
      reserve(byteCount);
      const lengthAt = begin(BIND);
      slab[at++] = 0;
      writeZeroEnded(name);
      // Bytes travel in the binary format, everything else as text.
      writeInt16(values.length);
      for (const value of values) writeInt16(value === null || typeof value === 'string' ? 0 : 1);
      writeInt16(values.length);
      for (const value of values) writeValue(value);
      writeInt16(formats.length);
      for (const format of formats) writeInt16(format);
      end(lengthAt);
    },
    describeStatement(name) {
      reserve(8 + name.length);
      const lengthAt = begin(DESCRIBE);
      slab[at++] = STATEMENT;
      writeZeroEnded(name);
      end(lengthAt);
    },
    execute() {
      reserve(10);
      const lengthAt = begin(EXECUTE);
      slab[at++] = 0;
      writeInt32(0);
      end(lengthAt);
    },
    closeStatement(name) {
      reserve(8 + name.length);
      const lengthAt = begin(CLOSE);
      slab[at++] = STATEMENT;
      writeZeroEnded(name);
      end(lengthAt);
    },
    sync() {
      reserve(5);
      end(begin(SYNC));
    },
    take() {
      const bytes = slab.subarray(takenTo, at);
      takenTo = at;
      if (slab.length - at < 512) {
        slab = Buffer.allocUnsafe(SLAB_BYTES);
        takenTo = 0;
        at = 0;
      }
      return bytes;
    },
  };
}
