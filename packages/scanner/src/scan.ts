import type { ScanChunk } from './chunk.ts';
import { createChunkSession, createPacer } from './chunk-session.ts';
import { toAbortError } from './errors.ts';
import { type ResolvedScanOptions, resolveScanOptions, type ScanOptions } from './options.ts';
import type { ScanEvent } from './scan-event.ts';
import type { SourceSpec } from './source-spec.ts';
import { openSource } from './sources/open-source.ts';
import { createTotals } from './totals.ts';

/**
 * Lists a source in chunks that can be scanned one by one, in any order and in any process.
 * @throws ScannerError when the source cannot be reached or listed.
 */
export async function* planScan(source: SourceSpec, options?: ScanOptions): AsyncGenerator<ScanChunk> {
  yield* planChunks(source, resolveScanOptions(options));
}

/**
 * Scans one chunk of a plan. `progress` counts within the chunk; the last event is `done`.
 * @throws ScannerError SCANNER_ABORTED when the signal is aborted, others when the source fails as a whole.
 */
export async function* scanChunk(
  source: SourceSpec,
  chunk: ScanChunk,
  options?: ScanOptions,
): AsyncGenerator<ScanEvent> {
  const resolved = resolveScanOptions(options);
  const totals = createTotals(resolved.clock);
  yield* totals.count(runChunk(source, chunk, resolved));
  yield totals.done();
}

/**
 * Scans a source from end to end in this thread.
 * @example
 * for await (const event of scan({ kind: 'path', path: 'docs' })) if (event.kind === 'finding') report(event.finding);
 * @throws ScannerError SCANNER_ABORTED when the signal is aborted, others when the source cannot be read.
 */
export async function* scan(source: SourceSpec, options?: ScanOptions): AsyncGenerator<ScanEvent> {
  const resolved = resolveScanOptions(options);
  const totals = createTotals(resolved.clock);
  const chunks: ScanChunk[] = [];
  for await (const chunk of planChunks(source, resolved)) {
    chunks.push(chunk);
    totals.plan(chunk);
  }
  yield totals.planned();
  for (const chunk of chunks) yield* totals.count(runChunk(source, chunk, resolved));
  yield totals.progress();
  yield totals.done();
}

async function* planChunks(source: SourceSpec, options: ResolvedScanOptions): AsyncGenerator<ScanChunk> {
  const { signal } = options;
  let ordinal = 0;
  for await (const chunk of openSource(source).plan(options)) {
    if (signal?.aborted === true) throw toAbortError(signal);
    yield { ...chunk, ordinal: ordinal++ };
  }
}

async function* runChunk(
  source: SourceSpec,
  chunk: ScanChunk,
  options: ResolvedScanOptions,
): AsyncGenerator<ScanEvent> {
  const { signal, clock } = options;
  const session = createChunkSession(options);
  const pause = createPacer(clock);
  for (const skipped of chunk.skipped ?? []) session.emit({ kind: 'skipped', ...skipped });
  for await (const _ of openSource(source).read(chunk, session)) {
    yield* session.drain();
    await pause();
    if (signal?.aborted === true) throw toAbortError(signal);
  }
  yield* session.drain();
  yield { kind: 'progress', ...session.done };
}
