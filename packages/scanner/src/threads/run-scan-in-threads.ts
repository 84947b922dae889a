import type { ScanChunk } from '../chunk.ts';
import { type ScanOptions, resolveScanOptions } from '../options.ts';
import type { ScanEvent } from '../scan-event.ts';
import { planScan } from '../scan.ts';
import type { SourceSpec } from '../source-spec.ts';
import { createTotals } from '../totals.ts';
import { createItemQueue } from './item-queue.ts';
import { createScanPool, type ScanPool, type ScanPoolOptions } from './scan-pool.ts';

/** How to scan in threads: with a pool of the caller's, or one made for this scan. */
export interface ThreadedScanOptions extends ScanOptions, ScanPoolOptions {
  readonly pool?: ScanPool;
}

const BATCH_EVENTS = 256;

/**
 * Scans a source like `scan`, its chunks spread over threads. Events of different items may interleave; those of one
 * item keep their order.
 * @throws ScannerError SCANNER_ABORTED when the signal is aborted, others when the source cannot be read.
 */
export async function* runScanInThreads(
  source: SourceSpec,
  options: ThreadedScanOptions = {},
): AsyncGenerator<ScanEvent> {
  const { pool: given, threads, maxHeapMegabytes, background, ...scanOptions } = options;
  const { clock, signal, fingerprintKey } = resolveScanOptions(scanOptions);
  const chunks: ScanChunk[] = [];
  const totals = createTotals(clock);
  for await (const chunk of planScan(source, scanOptions)) {
    chunks.push(chunk);
    totals.plan(chunk);
  }
  yield totals.planned();

  const pool =
    given ??
    createScanPool({
      ...(threads === undefined ? {} : { threads }),
      ...(maxHeapMegabytes === undefined ? {} : { maxHeapMegabytes }),
      ...(background === undefined ? {} : { background }),
    });
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  const queue = createItemQueue<ScanEvent>();
  const remaining = chunks.values();
  const runOne = async (): Promise<void> => {
    for (const chunk of remaining) {
      const events = pool.scanChunk(source, chunk, { ...scanOptions, fingerprintKey, signal: both });
      let batch: ScanEvent[] = [];
      const flush = (): Promise<void> =>
        new Promise((resolve) => {
          queue.push(batch, resolve);
          batch = [];
        });
      for await (const event of totals.count(events)) {
        batch.push(event);
        if (batch.length >= BATCH_EVENTS || event.kind === 'progress') await flush();
      }
      await flush();
    }
  };
  const runners = Array.from({ length: Math.min(pool.threads, chunks.length) }, () => runOne());
  const finished = Promise.all(runners).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* queue.drain();
    yield totals.progress();
    yield totals.done();
  } finally {
    stop.abort();
    if (given === undefined) await pool.close();
    else await finished;
  }
}
