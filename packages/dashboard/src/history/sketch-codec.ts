import type { HistogramState } from '@dataguardian/telemetry';

const VERSION = 1;
/** Version byte, then sum, min and max as doubles. */
const HEADER_BYTES = 25;
const MOST_VARINT_BYTES = 5;

/**
 * Packs a histogram into about two bytes a bucket: little-endian doubles for sum, min and max, then variable-length
 * integers (LEB128) for the zeros and, ascending, each bucket's distance to the one before and its count.
 */
export function encodeSketch(state: HistogramState): Uint8Array {
  const buckets = state.buckets.toSorted((a, b) => a[0] - b[0]);
  const bytes = new Uint8Array(HEADER_BYTES + (3 + buckets.length * 2) * MOST_VARINT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setFloat64(1, state.sum, true);
  view.setFloat64(9, state.min, true);
  view.setFloat64(17, state.max, true);
  let offset = HEADER_BYTES;
  const write = (value: number): void => {
    let rest = value;
    while (rest >= 0x80) {
      bytes[offset] = (rest % 0x80) + 0x80;
      offset += 1;
      rest = Math.floor(rest / 0x80);
    }
    bytes[offset] = rest;
    offset += 1;
  };
  const first = buckets[0]?.[0] ?? 0;
  write(state.zeros);
  write(buckets.length);
  // The first index may be negative: zig-zag keeps it small.
  write(first < 0 ? -first * 2 - 1 : first * 2);
  let previous = first;
  for (const [index, count] of buckets) {
    write(index - previous);
    write(count);
    previous = index;
  }
  return bytes.slice(0, offset);
}

/** Unpacks; `undefined` for what {@link encodeSketch} did not make. */
export function decodeSketch(bytes: Uint8Array): HistogramState | undefined {
  if (bytes.length < HEADER_BYTES + 3 || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = HEADER_BYTES;
  const read = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[offset] ?? 0;
      offset += 1;
      if (byte < 0x80) return value + byte * factor;
      value += (byte - 0x80) * factor;
      factor *= 0x80;
    }
  };
  const zeros = read();
  const bucketCount = read();
  const zigZag = read();
  let index = zigZag % 2 === 1 ? -(zigZag + 1) / 2 : zigZag / 2;
  const buckets: [number, number][] = [];
  let count = zeros;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    index += read();
    const bucketSize = read();
    count += bucketSize;
    buckets.push([index, bucketSize]);
  }
  const [sum, min, max] = [view.getFloat64(1, true), view.getFloat64(9, true), view.getFloat64(17, true)];
  return { count, sum, min, max, zeros, buckets };
}
