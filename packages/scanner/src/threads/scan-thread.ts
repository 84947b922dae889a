import { parentPort, workerData } from 'node:worker_threads';
import { threadScans } from '@dataguardian/telemetry';
import { ScannerError, toReason } from '../errors.ts';
import { planScan, scanChunk } from '../scan.ts';
import type { FromThread, ThreadItem, ThreadJob, ThreadOptions, ToThread } from './thread-message.ts';
import { yieldToOthers } from './thread-priority.ts';

const BATCH_ITEMS = 256;
/** Batches that may be under way, so that a slow consumer stops the scan and not the memory. */
const OPEN_BATCHES = 4;

const port = parentPort;
if (port) {
  // Set by the pool that starts this thread.
  const { isBackground }: ThreadOptions = workerData;
  if (isBackground) yieldToOthers();
  let controller = new AbortController();
  let openBatches = 0;
  let onTaken: (() => void) | undefined;

  const send = (message: FromThread): void => port.postMessage(message);
  const itemsOf = (job: ThreadJob): AsyncGenerator<ThreadItem> => {
    const options = { ...job.options, signal: controller.signal };
    return job.kind === 'scan' ? scanChunk(job.source, job.chunk, options) : planScan(job.source, options);
  };
  /** Chunks of a plan are worth handing over one by one, so that the first is scanned at once. */
  const isUrgent = (item: ThreadItem): boolean => 'ordinal' in item || item.kind === 'progress';
  const run = async (job: ThreadJob): Promise<void> => {
    controller = new AbortController();
    openBatches = 0;
    let batch: ThreadItem[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      send({ kind: 'items', items: batch });
      batch = [];
      openBatches++;
      while (openBatches >= OPEN_BATCHES && !controller.signal.aborted)
        await new Promise<void>((resolve) => {
          onTaken = resolve;
        });
    };
    threadScans.publish({ scanId: job.options.scanId });
    try {
      for await (const item of itemsOf(job)) {
        batch.push(item);
        if (batch.length >= BATCH_ITEMS || isUrgent(item)) await flush();
      }
      await flush();
      send({ kind: 'end' });
    } catch (error) {
      if (batch.length > 0) send({ kind: 'items', items: batch });
      const code = error instanceof ScannerError ? error.code : undefined;
      send({ kind: 'error', code, message: error instanceof Error ? error.message : toReason(error) });
    } finally {
      threadScans.publish({ scanId: undefined });
    }
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'scan' || message.kind === 'plan') void run(message);
    else {
      if (message.kind === 'abort') controller.abort();
      else openBatches--;
      onTaken?.();
    }
  });
}
