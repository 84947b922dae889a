import { isUtf8 } from 'node:buffer';

/** How the bytes of a text are to be read. A `label` is one that `TextDecoder` knows. */
export type Encoding =
  | { readonly kind: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be'; readonly bomBytes: number }
  | { readonly kind: 'label'; readonly label: string; readonly bomBytes: 0 };

/** Control characters beyond this share of a sample make it binary. */
const MAX_CONTROL_RATIO = 0.02;
const DECLARATION_BYTES = 1024;

/**
 * Decides how to read a file by its first bytes: byte-order mark if the bytes bear it out, then the pattern of zero
 * bytes that UTF-16 and UTF-32 leave in Western text, then UTF-8, which the decoder reads with a fallback to
 * Windows-1252 byte by byte. Undefined when the sample is no text.
 */
export function detectEncoding(sample: Uint8Array): Encoding | undefined {
  const marked = readByteOrderMark(sample);
  if (marked && holds(sample.subarray(marked.bomBytes), marked)) return marked;
  const zeros = countZeros(sample);
  if (zeros.total > 0) {
    const wide = guessWide(sample, zeros);
    if (wide) return wide;
  }
  if (controlRatio(sample) > MAX_CONTROL_RATIO) return undefined;
  const declared = isUtf8(sample) ? undefined : readDeclaration(sample);
  return declared ?? { kind: 'utf-8', bomBytes: 0 };
}

function readByteOrderMark(sample: Uint8Array): Encoding | undefined {
  const [a, b, c, d] = sample;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { kind: 'utf-8', bomBytes: 3 };
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { kind: 'utf-32le', bomBytes: 4 };
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { kind: 'utf-32be', bomBytes: 4 };
  if (a === 0xff && b === 0xfe) return { kind: 'utf-16le', bomBytes: 2 };
  if (a === 0xfe && b === 0xff) return { kind: 'utf-16be', bomBytes: 2 };
  return undefined;
}

/** Whether the bytes after a mark look like what the mark promises; a mark can lie. */
function holds(body: Uint8Array, { kind }: Encoding): boolean {
  if (body.length < 4) return true;
  if (kind === 'utf-8') return controlRatio(body) <= MAX_CONTROL_RATIO;
  if (kind === 'utf-32le' || kind === 'utf-32be') return isWide32(body, kind === 'utf-32le');
  const low = kind === 'utf-16le' ? 0 : 1;
  let ascii = 0;
  let bad = 0;
  const units = Math.min(body.length >> 1, 4096);
  for (let unit = 0; unit < units; unit++) {
    const code = (body[unit * 2 + (1 - low)] ?? 0) * 256 + (body[unit * 2 + low] ?? 0);
    if (code >= 0x20 && code < 0x250) ascii++;
    else if (code < 0x20 ? code !== 9 && code !== 10 && code !== 13 : code >= 0xfff0) bad++;
  }
  if (bad > units * MAX_CONTROL_RATIO) return false;
  // Plain bytes behind a false mark read as ideographs, next to no Latin letter among them, yet are good UTF-8.
  return ascii * 20 >= units || !isUtf8(trimPartial(body));
}

interface ZeroCount {
  readonly total: number;
  /** Zero bytes at positions 0 to 3 modulo 4. */
  readonly at: readonly [number, number, number, number];
}

function countZeros(sample: Uint8Array): ZeroCount {
  const at: [number, number, number, number] = [0, 0, 0, 0];
  for (let index = sample.indexOf(0); index !== -1; index = sample.indexOf(0, index + 1)) {
    const slot = (index & 3) as 0 | 1 | 2 | 3;
    at[slot]++;
  }
  return { total: at[0] + at[1] + at[2] + at[3], at };
}

function guessWide(sample: Uint8Array, { at }: ZeroCount): Encoding | undefined {
  const quads = sample.length >> 2;
  if (quads === 0) return undefined;
  const mostly = (count: number): boolean => count > quads * 0.7;
  const rarely = (count: number): boolean => count < quads * 0.05;
  if (mostly(at[2]) && mostly(at[3]) && rarely(at[0]) && isWide32(sample, true))
    return { kind: 'utf-32le', bomBytes: 0 };
  if (mostly(at[0]) && mostly(at[1]) && rarely(at[3]) && isWide32(sample, false))
    return { kind: 'utf-32be', bomBytes: 0 };
  if (mostly(at[1]) && mostly(at[3]) && rarely(at[0]) && rarely(at[2])) return { kind: 'utf-16le', bomBytes: 0 };
  if (mostly(at[0]) && mostly(at[2]) && rarely(at[1]) && rarely(at[3])) return { kind: 'utf-16be', bomBytes: 0 };
  return undefined;
}

function isWide32(body: Uint8Array, little: boolean): boolean {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const units = Math.min(body.length >> 2, 2048);
  for (let unit = 0; unit < units; unit++) if (view.getUint32(unit * 4, little) > 0x10ffff) return false;
  return true;
}

function controlRatio(sample: Uint8Array): number {
  if (sample.length === 0) return 0;
  let controls = 0;
  for (let index = 0; index < sample.length; index++) {
    const byte = sample[index] ?? 0;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  }
  return controls / sample.length;
}

/** A legacy charset that XML, HTML or an editor line names in the first bytes. */
function readDeclaration(sample: Uint8Array): Encoding | undefined {
  const head = Buffer.from(sample.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const label = /(?:encoding\s*=\s*["']|charset\s*=\s*["']?|coding[:=]\s*)([\w-]{3,20})/i
    .exec(head)?.[1]
    ?.toLowerCase();
  if (label === undefined || /^utf-?(?:8|16|32)/.test(label)) return undefined;
  try {
    return { kind: 'label', label: new TextDecoder(label).encoding, bomBytes: 0 };
  } catch {
    return undefined;
  }
}

function trimPartial(body: Uint8Array): Uint8Array {
  let end = body.length;
  while (end > 0 && end > body.length - 4 && (body[end - 1] ?? 0) >= 0x80) end--;
  return body.subarray(0, end);
}
