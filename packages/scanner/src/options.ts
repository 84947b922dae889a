import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '@dataguardian/telemetry';
import type { DetectionOptions } from './detection/detection.ts';
import { assertOptions } from './errors.ts';

/** Bounds that keep a hostile or huge source from harming the machine. */
export interface ScanLimits {
  /** Characters a detection call sees besides its margins. With them a string that V8 still frees young. @defaultValue 98_304 */
  readonly windowChars: number;
  /** Characters shared by neighbouring windows, on each side. The longest value that is found whole. @defaultValue 8_192 */
  readonly marginChars: number;
  /** Bytes read at once, rounded up to a multiple of 65,536. @defaultValue 262_144 */
  readonly readBytes: number;
  /** Expanded bytes per packed byte beyond which an archive counts as a bomb. @defaultValue 100 */
  readonly maxArchiveRatio: number;
  /** Bytes one archive may expand to, nested ones included. @defaultValue 1_073_741_824 */
  readonly maxExpandedBytes: number;
  /** Archives inside archives. @defaultValue 3 */
  readonly maxArchiveDepth: number;
  /** Entries of one archive, nested ones included. @defaultValue 100_000 */
  readonly maxArchiveEntries: number;
  /** Documents that must be held in memory (PDF, e-mail, nested archives), in bytes. @defaultValue 134_217_728 */
  readonly maxDocumentBytes: number;
  /** Aim for the size of a chunk. @defaultValue 16_777_216 */
  readonly chunkBytes: number;
  /** Most items of a chunk. @defaultValue 500 */
  readonly chunkItems: number;
}

/** Where results of earlier runs are kept, so that unchanged files need no scan. */
export interface IncrementalOptions {
  /** An SQLite file; created when absent. Holds masked findings only. */
  readonly file: string;
}

/** How to scan. */
export interface ScanOptions {
  /** Key of the fingerprints. Keep it secret and keep it: other keys give other fingerprints. @defaultValue a random one */
  readonly fingerprintKey?: Uint8Array;
  readonly limits?: Partial<ScanLimits>;
  readonly detection?: DetectionOptions;
  readonly incremental?: IncrementalOptions;
  /** Names the scan in what a profiler sees of a thread: random, and silent about people. @defaultValue none */
  readonly scanId?: string;
  /** Ends the scan; the iteration throws SCANNER_ABORTED. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Options with every default filled in. */
export interface ResolvedScanOptions {
  readonly fingerprintKey: Uint8Array;
  readonly limits: ScanLimits;
  readonly detection: DetectionOptions;
  readonly incremental: IncrementalOptions | undefined;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

const DEFAULT_LIMITS: ScanLimits = {
  windowChars: 98_304,
  marginChars: 8_192,
  readBytes: 262_144,
  maxArchiveRatio: 100,
  maxExpandedBytes: 1_073_741_824,
  maxArchiveDepth: 3,
  maxArchiveEntries: 100_000,
  maxDocumentBytes: 134_217_728,
  chunkBytes: 16_777_216,
  chunkItems: 500,
};

/** The reading of texts works on pieces of this size. */
const PIECE_BYTES = 65_536;
const SHORTEST_KEY_BYTES = 16;

/**
 * Fills in defaults and checks every option once.
 * @throws ScannerError SCANNER_OPTIONS_INVALID naming every problem.
 */
export function resolveScanOptions(options: ScanOptions = {}): ResolvedScanOptions {
  const given = { ...DEFAULT_LIMITS, ...options.limits };
  // Holes and rewrites work on fixed pieces; whole pieces per block keep findings independent of the block size.
  const limits: ScanLimits = { ...given, readBytes: Math.ceil(given.readBytes / PIECE_BYTES) * PIECE_BYTES };
  const key = options.fingerprintKey;
  assertOptions([
    key !== undefined && key.length < SHORTEST_KEY_BYTES && `fingerprintKey needs ${SHORTEST_KEY_BYTES} bytes or more`,
    ...Object.entries(limits).map(
      ([name, value]: [string, number]) =>
        !(Number.isSafeInteger(value) && value > 0) && `${name} must be a whole number above 0`,
    ),
  ]);
  return Object.freeze({
    fingerprintKey: key ?? randomBytes(32),
    limits: Object.freeze(limits),
    detection: options.detection ?? {},
    incremental: options.incremental,
    signal: options.signal,
    clock: options.clock ?? systemClock,
  });
}
