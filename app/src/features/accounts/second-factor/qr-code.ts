import { correctionOf } from './reed-solomon.ts';

/** A QR code as a square of dark modules. */
export interface QrCode {
  /** Modules along one side. */
  readonly size: number;
  /** The dark modules as a path of SVG, one unit each, without a margin. */
  readonly path: string;
}

// One size is enough for addresses of authenticators: version 10 with level M (15% may be unreadable).
const SIZE = 57;
const BLOCK_BYTES = [43, 43, 43, 43, 44];
const DATA_BYTES = 216;
const ALIGNED_AT = [6, 28, 50];
/** Version 10 and its remainder by the Golay code (ISO/IEC 18004, annex D). */
const VERSION_BITS = 0b00_1010_0100_1101_0011;
/** Level M with mask 0 and its remainder, already masked (annex C). */
const FORMAT_BITS = 0b101_0100_0001_0010;
const BYTE_MODE = 0b0100;
const PADDING = [0b1110_1100, 0b0001_0001];

/** The longest text, in bytes of UTF-8. */
export const LONGEST_QR_TEXT = DATA_BYTES - 3;

/**
 * Draws a text as a QR code of version 10-M (ISO/IEC 18004:2015) with mask 0, which readers accept as any other.
 * @throws RangeError when the text is longer than {@link LONGEST_QR_TEXT}.
 */
export function drawQrCode(text: string): QrCode {
  const { modules, isReserved } = drawPatterns();
  placeData(modules, isReserved, interleave(toDataBytes(text)));
  const path = modules.flatMap((row, y) => {
    const text = row.map((isDark) => (isDark ? '#' : ' ')).join('');
    return [...text.matchAll(/#+/g)].map(({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`);
  });
  return { size: SIZE, path: path.join('') };
}

function toDataBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > LONGEST_QR_TEXT) throw new RangeError(`A QR code takes ${LONGEST_QR_TEXT} bytes at most.`);
  // Mode (4 bits), length (16 bits), text, end (4 bits): the text lies half a byte off.
  const data = new Uint8Array(DATA_BYTES);
  const halves = [BYTE_MODE, bytes.length >> 12, bytes.length >> 8, bytes.length >> 4, bytes.length];
  for (const byte of bytes) halves.push(byte >> 4, byte);
  halves.push(0);
  halves.forEach((half, index) => (data[index >> 1] = ((data[index >> 1] ?? 0) << 4) | (half & 15)));
  for (let index = halves.length / 2, turn = 0; index < DATA_BYTES; index++, turn ^= 1)
    data[index] = PADDING[turn] ?? 0;
  return data;
}

/** Blocks with their corrections, one byte of each in turn. */
function interleave(data: Uint8Array): number[] {
  let from = 0;
  const blocks = BLOCK_BYTES.map((length) => data.subarray(from, (from += length)));
  const takeTurns = (parts: readonly Uint8Array[]): number[] =>
    Array.from({ length: Math.max(...parts.map(({ length }) => length)) }, (_, index) =>
      parts.flatMap((part) => (index < part.length ? [part[index] ?? 0] : [])),
    ).flat();
  return [...takeTurns(blocks), ...takeTurns(blocks.map(correctionOf))];
}

interface Drawing {
  readonly modules: boolean[][];
  /** What holds no data. */
  readonly isReserved: boolean[][];
}

const grid = (): boolean[][] => Array.from({ length: SIZE }, () => Array<boolean>(SIZE).fill(false));

function drawPatterns(): Drawing {
  const modules = grid();
  const isReserved = grid();
  const set = (x: number, y: number, isDark: boolean): void => {
    const [row, reserved] = [modules[y], isReserved[y]];
    if (row === undefined || reserved === undefined || x < 0 || x >= SIZE) return;
    row[x] = isDark;
    reserved[x] = true;
  };
  /** Rings around a middle: dark where `isDark` says so for the distance. */
  const rings = (middleX: number, middleY: number, reach: number, isDark: (distance: number) => boolean): void => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(middleX + dx, middleY + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let at = 0; at < SIZE; at++) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  for (const y of ALIGNED_AT)
    for (const x of ALIGNED_AT) {
      // Three corners hold finders.
      const isFinder = (x === 6 && y !== 28) || (y === 6 && x === 50);
      if (!isFinder) rings(x, y, 2, (distance) => distance !== 1);
    }
  for (const [x, y] of [
    [3, 3],
    [SIZE - 4, 3],
    [3, SIZE - 4],
  ] as const)
    rings(x, y, 4, (distance) => distance !== 2 && distance !== 4);
  for (let bit = 0; bit < 18; bit++) {
    const isDark = ((VERSION_BITS >> bit) & 1) === 1;
    const [along, across] = [Math.floor(bit / 3), SIZE - 11 + (bit % 3)];
    set(along, across, isDark);
    set(across, along, isDark);
  }
  for (let bit = 0; bit < 15; bit++) {
    const isDark = ((FORMAT_BITS >> bit) & 1) === 1;
    // Around the first finder, past the timing lines, and once more beside the other two.
    const near = bit < 6 ? bit : bit < 8 ? bit + 1 : 0;
    if (bit < 8) set(8, near, isDark);
    else set(bit === 8 ? 7 : 14 - bit, 8, isDark);
    if (bit < 8) set(SIZE - 1 - bit, 8, isDark);
    else set(8, SIZE - 15 + bit, isDark);
  }
  set(8, SIZE - 8, true);
  return { modules, isReserved };
}

/** Two columns at a time from the right, upwards and downwards in turn, past the vertical timing line; masked. */
function placeData(modules: boolean[][], isReserved: readonly boolean[][], bytes: readonly number[]): void {
  let bit = 0;
  let isUpwards = true;
  for (let right = SIZE - 1; right > 0; right -= right === 8 ? 3 : 2) {
    for (let step = 0; step < SIZE; step++) {
      const y = isUpwards ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = modules[y];
        if (row === undefined || isReserved[y]?.[x] === true) continue;
        const isSet = (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        row[x] = isSet !== ((x + y) % 2 === 0);
        bit += 1;
      }
    }
    isUpwards = !isUpwards;
  }
}
