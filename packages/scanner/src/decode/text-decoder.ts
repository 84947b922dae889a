import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from './encoding.ts';

/** Turns bytes into text, piece by piece; where the pieces are cut makes no difference. */
export interface StreamingDecoder {
  write(bytes: Uint8Array): string;
  /** What an unfinished last character leaves. */
  end(): string;
}

/** Makes the decoder for an encoding; the byte-order mark must have been removed. */
export function createStreamingDecoder(encoding: Encoding): StreamingDecoder {
  switch (encoding.kind) {
    case 'utf-8':
      return carrying(decodeTolerantUtf8, incompleteUtf8Bytes);
    case 'utf-16le':
      return carrying(
        (bytes) => bytes.toString('utf16le'),
        (bytes) => bytes.length & 1,
      );
    case 'utf-16be':
      return carrying(
        (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
        (bytes) => bytes.length & 1,
      );
    case 'utf-32le':
    case 'utf-32be': {
      const little = encoding.kind === 'utf-32le';
      return carrying(
        (bytes) => decodeUtf32(bytes, little),
        (bytes) => bytes.length & 3,
      );
    }
    case 'label': {
      const decoder = new TextDecoder(encoding.label);
      return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
    }
  }
}

/** Decodes whole characters only; the `open` last bytes wait for the next piece. */
function carrying(decode: (bytes: Buffer) => string, countOpen: (bytes: Buffer) => number): StreamingDecoder {
  let open: Buffer | undefined;
  return {
    write(bytes) {
      let buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (open) buffer = Buffer.concat([open, buffer]);
      const openBytes = countOpen(buffer);
      open = openBytes === 0 ? undefined : Buffer.from(buffer.subarray(buffer.length - openBytes));
      return decode(openBytes === 0 ? buffer : buffer.subarray(0, buffer.length - openBytes));
    },
    end() {
      if (!open) return '';
      const text = decodeTolerantUtf8(open);
      open = undefined;
      return text;
    },
  };
}

const WINDOWS_1252: readonly string[] = Array.from({ length: 128 }, (_, index) =>
  new TextDecoder('windows-1252').decode(Uint8Array.of(index + 128)),
);

/**
 * Reads UTF-8; each byte that is no part of a valid sequence stands for its Windows-1252 character. Latin-1 files,
 * and files that mix both, thus come out right without a decision about the whole.
 */
function decodeTolerantUtf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  let runStart = 0;
  let index = 0;
  while (index < bytes.length) {
    if ((bytes[index] ?? 0) < 0x80) {
      index++;
      continue;
    }
    const length = sequenceLength(bytes, index);
    if (length > 0) {
      index += length;
      continue;
    }
    text += bytes.toString('utf8', runStart, index) + (WINDOWS_1252[(bytes[index] ?? 0) - 0x80] ?? '');
    index++;
    runStart = index;
  }
  return text + bytes.toString('utf8', runStart);
}

/** Bytes of the valid multi-byte sequence at `index`, or 0 (RFC 3629, section 4). */
function sequenceLength(bytes: Buffer, index: number): number {
  const first = bytes[index] ?? 0;
  const second = bytes[index + 1] ?? 0;
  const expected = expectedLength(first);
  if (expected === 0 || index + expected > bytes.length || !isSecond(first, second)) return 0;
  for (let step = 2; step < expected; step++) if (((bytes[index + step] ?? 0) & 0xc0) !== 0x80) return 0;
  return expected;
}

function expectedLength(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

function isSecond(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (first === 0xed) return second >= 0x80 && second <= 0x9f;
  if (first === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (first === 0xf4) return second >= 0x80 && second <= 0x8f;
  return second >= 0x80 && second <= 0xbf;
}

/** How many bytes at the end begin a sequence that the next piece may complete. */
function incompleteUtf8Bytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const index = bytes.length - back;
    const byte = bytes[index] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const expected = expectedLength(byte);
    if (expected <= back) return 0;
    return back === 1 || isSecond(byte, bytes[index + 1] ?? 0) ? back : 0;
  }
  return 0;
}

function decodeUtf32(bytes: Buffer, little: boolean): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 4) {
    const code = little ? bytes.readUInt32LE(index) : bytes.readUInt32BE(index);
    text += code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
}
