import type { ScanLimits } from '../options.ts';
import { SkipError } from '../skip-code.ts';

/** Below this many expanded bytes no ratio is suspicious. */
const HARMLESS_BYTES = 1_048_576;

/** Counts what one archive unpacks to, all nested ones together, and stops bombs. */
export interface ExpansionBudget {
  /** @throws SkipError ARCHIVE_ENTRIES when the archive has too many. */
  countEntry(): void;
  /** Whether the archive has used it up, so that reading on is useless. */
  readonly isSpent: boolean;
  /** Passes a stream through. @throws SkipError ARCHIVE_RATIO or ARCHIVE_SIZE as soon as it has grown too large. */
  guard(stream: AsyncIterable<Uint8Array>, packedBytes: () => number): AsyncGenerator<Uint8Array>;
}

/** Makes the budget of one top-level item. */
export function createExpansionBudget(limits: ScanLimits): ExpansionBudget {
  let entries = 0;
  let expanded = 0;
  return {
    get isSpent() {
      return entries > limits.maxArchiveEntries || expanded > limits.maxExpandedBytes;
    },
    countEntry() {
      entries++;
      if (entries > limits.maxArchiveEntries)
        throw new SkipError('ARCHIVE_ENTRIES', `more than maxArchiveEntries (${limits.maxArchiveEntries}) entries`);
    },
    async *guard(stream, packedBytes) {
      let bytes = 0;
      for await (const piece of stream) {
        bytes += piece.length;
        expanded += piece.length;
        if (bytes > HARMLESS_BYTES && bytes > packedBytes() * limits.maxArchiveRatio)
          throw new SkipError('ARCHIVE_RATIO', `unpacks to more than ${limits.maxArchiveRatio} times its size`);
        if (expanded > limits.maxExpandedBytes)
          throw new SkipError(
            'ARCHIVE_SIZE',
            `unpacks to more than maxExpandedBytes (${limits.maxExpandedBytes} bytes)`,
          );
        yield piece;
      }
    },
  };
}
