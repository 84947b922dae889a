import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';

/** Below that size compression costs time and saves nothing (measured: docs/benchmarks/cache.md). */
export const COMPRESS_FROM_BYTES = 2_048;
/** Above that size the work is done off the event loop. */
const OFF_LOOP_FROM_BYTES = 64 * 1024;
/** A record that claims to be larger is refused rather than unpacked. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const compressOffLoop = promisify(zstdCompress);
const decompressOffLoop = promisify(zstdDecompress);

/** The compressed bytes, or `undefined` when they would not be smaller. */
export function compress(payload: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
  if (payload.length < COMPRESS_FROM_BYTES) return undefined;
  const keepIfSmaller = (packed: Buffer): Buffer | undefined => (packed.length < payload.length ? packed : undefined);
  if (payload.length < OFF_LOOP_FROM_BYTES) return keepIfSmaller(zstdCompressSync(payload, OPTIONS));
  // The packer's buffer is reused by the next call, so the work off the loop gets a copy.
  return compressOffLoop(Buffer.from(payload), OPTIONS).then(keepIfSmaller);
}

/** The bytes that {@link compress} was given. */
export function decompress(packed: Buffer): Buffer | Promise<Buffer> {
  const options = { maxOutputLength: MAX_UNPACKED_BYTES };
  if (packed.length < OFF_LOOP_FROM_BYTES / 4) return zstdDecompressSync(packed, options);
  return decompressOffLoop(packed, options);
}
