import type { ScanChunk } from '../chunk.ts';
import type { ResolvedScanOptions } from '../options.ts';
import type { ChunkSession } from '../chunk-session.ts';
import type { ReadSteps } from '../read/item-context.ts';

/** A chunk before it has its place in the plan. */
export type UnnumberedChunk = ScanChunk extends infer Chunk
  ? Chunk extends unknown
    ? Omit<Chunk, 'ordinal'>
    : never
  : never;

/** Knows how to list and read one kind of source. Opened for one specification, closed when done with. */
export interface Source {
  /** Lists what there is to scan, in chunks. @throws ScannerError when the source cannot be reached. */
  plan(options: ResolvedScanOptions): AsyncIterable<UnnumberedChunk>;
  /** Reads the items of a chunk that `plan` listed, now or in another process. */
  read(chunk: ScanChunk, session: ChunkSession): ReadSteps;
}
