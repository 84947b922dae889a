import type { HistogramState } from '@dataguardian/telemetry';

/** A distribution as the history keeps it: a few hundred bytes, merged without being unpacked. */
export type PackedSketch = Uint8Array;

const VERSION = 1;
/** Version byte, then sum, min and max as doubles. */
const HEADER_BYTES = 25;
const MOST_VARINT_BYTES = 5;
/** Bucket i of telemetry's histogram holds values in (gamma^(i-1), gamma^i] (`histogram.ts`). */
const GAMMA = 1.01 / 0.99;
/** Buckets -1024 to 1023: values from 10^-9 to 10^9 milliseconds. */
const BUCKET_COUNT = 2_048;
const ZERO_BUCKET = BUCKET_COUNT / 2;

/**
 * Packs a histogram into about two bytes a bucket: little-endian doubles for sum, min and max, then variable-length
 * integers (LEB128) for the zeros and, ascending, each bucket's distance to the one before and its count.
 */
export function encodeSketch(state: HistogramState): PackedSketch {
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

/** Whether {@link encodeSketch} made it, in a version that is understood. */
export function isSketch(bytes: unknown): bytes is PackedSketch {
  return bytes instanceof Uint8Array && bytes.length >= HEADER_BYTES + 3 && bytes[0] === VERSION;
}

/** Calls `visit` with each bucket, ascending. @returns how many values were zero */
export function visitSketch(bytes: PackedSketch, visit: (index: number, count: number) => void): number {
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
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    index += read();
    visit(index, read());
  }
  return zeros;
}

/** Lower bound of a bucket; values lie above it. */
export function lowerBoundOf(index: number): number {
  return GAMMA ** (index - 1);
}

/** Adds distributions up. */
export interface SketchSum {
  add(sketch: PackedSketch): void;
  merge(other: SketchSum): void;
  clear(): void;
  /** Calls `visit` with each bucket that is not empty, ascending. */
  visit(visit: (index: number, count: number) => void): void;
  readonly zeros: number;
  readonly min: number;
  readonly max: number;
  /** As `Histogram.quantile`: within 1% of the true value, 0 when empty. */
  quantile(ratio: number): number;
  readonly count: number;
}

/** An empty sum. Adding costs a few nanoseconds a bucket: counts lie in one array, none are looked up. */
export function createSketchSum(): SketchSum {
  const counts = new Float64Array(BUCKET_COUNT);
  let count = 0;
  let zeros = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  let lowest = BUCKET_COUNT;
  let highest = -1;
  const addBucket = (index: number, bucketCount: number): void => {
    const place = Math.min(BUCKET_COUNT - 1, Math.max(0, index + ZERO_BUCKET));
    counts[place] = (counts[place] ?? 0) + bucketCount;
    count += bucketCount;
    if (place < lowest) lowest = place;
    if (place > highest) highest = place;
  };
  return {
    get count() {
      return count;
    },
    get zeros() {
      return zeros;
    },
    get min() {
      return min;
    },
    get max() {
      return max;
    },
    add(sketch) {
      const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.byteLength);
      const before = count;
      const added = visitSketch(sketch, addBucket);
      zeros += added;
      count += added;
      // An empty one says 0 for its least value, which nobody has measured.
      if (count === before) return;
      min = Math.min(min, view.getFloat64(9, true));
      max = Math.max(max, view.getFloat64(17, true));
    },
    merge(other) {
      other.visit(addBucket);
      zeros += other.zeros;
      count += other.zeros;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
    },
    clear() {
      counts.fill(0, lowest, highest + 1);
      count = 0;
      zeros = 0;
      min = Number.POSITIVE_INFINITY;
      max = 0;
      lowest = BUCKET_COUNT;
      highest = -1;
    },
    visit(visit) {
      for (let place = lowest; place <= highest; place += 1) {
        const bucketCount = counts[place] ?? 0;
        if (bucketCount > 0) visit(place - ZERO_BUCKET, bucketCount);
      }
    },
    quantile(ratio) {
      if (count === 0) return 0;
      const rank = Math.min(Math.max(ratio, 0), 1) * (count - 1);
      if (rank < zeros) return 0;
      let seen = zeros;
      for (let place = lowest; place <= highest; place += 1) {
        seen += counts[place] ?? 0;
        if (seen > rank) {
          const middle = (2 * GAMMA ** (place - ZERO_BUCKET)) / (GAMMA + 1);
          return Math.min(Math.max(middle, min), max);
        }
      }
      return max;
    },
  };
}
