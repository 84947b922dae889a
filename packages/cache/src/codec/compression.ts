import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { CacheError } from '../errors.ts';

/** Below that size compression costs time and saves nothing (measured: docs/benchmarks/cache.md). */
export const COMPRESS_FROM_BYTES = 2_048;
/** The structured codec leaves less to be saved: below that size, compressing costs more time than JSON takes at all. */
export const COMPRESS_STRUCTURED_FROM_BYTES: number = 32 * 1024;
/** Above that size the work is done off the event loop; below it takes less than half a millisecond. */
const OFF_LOOP_FROM_BYTES = 512 * 1024;
/** In front of the compressed bytes stands how many they were. */
const LENGTH_BYTES = 4;
/** A record that claims to be larger is refused rather than unpacked. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const compressOffLoop = promisify(zstdCompress);
const decompressOffLoop = promisify(zstdDecompress);

/** The compressed bytes from `start` on, or `undefined` when they would not be smaller. */
export function compress(
  bytes: Buffer,
  options: { readonly start: number; readonly isStructured: boolean },
): Buffer | undefined | Promise<Buffer | undefined> {
  const length = bytes.length - options.start;
  if (length < (options.isStructured ? COMPRESS_STRUCTURED_FROM_BYTES : COMPRESS_FROM_BYTES)) return undefined;
  const payload = bytes.subarray(options.start);
  if (length < OFF_LOOP_FROM_BYTES) return keepIfSmaller(zstdCompressSync(payload, OPTIONS), length);
  return compressOffLoop(payload, OPTIONS).then((packed) => keepIfSmaller(packed, length));
}

/** The bytes that {@link compress} was given. */
export function decompress(body: Buffer): Buffer | Promise<Buffer> {
  const length = body.length < LENGTH_BYTES ? Infinity : body.readUInt32LE(0);
  if (length > MAX_UNPACKED_BYTES) throw new CacheError('CACHE_VALUE_MALFORMED', 'its unpacked length is damaged');
  const packed = body.subarray(LENGTH_BYTES);
  const options = { maxOutputLength: Math.max(1, length) };
  return length < OFF_LOOP_FROM_BYTES ? zstdDecompressSync(packed, options) : decompressOffLoop(packed, options);
}

function keepIfSmaller(packed: Buffer, length: number): Buffer | undefined {
  if (packed.length + LENGTH_BYTES >= length) return undefined;
  const body = Buffer.allocUnsafe(LENGTH_BYTES + packed.length);
  body.writeUInt32LE(length, 0);
  packed.copy(body, LENGTH_BYTES);
  return body;
}
