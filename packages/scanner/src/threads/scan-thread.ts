import { parentPort } from 'node:worker_threads';
import { ScannerError, toReason } from '../errors.ts';
import type { ScanEvent } from '../scan-event.ts';
import { scanChunk } from '../scan.ts';
import type { FromThread, ToThread } from './thread-message.ts';

const BATCH_EVENTS = 256;
/** Batches that may be under way, so that a slow consumer stops the scan and not the memory. */
const OPEN_BATCHES = 4;

const port = parentPort;
if (port) {
  let controller = new AbortController();
  let openBatches = 0;
  let onTaken: (() => void) | undefined;

  const send = (message: FromThread): void => port.postMessage(message);
  const run = async ({ source, chunk, options }: ToThread & { kind: 'run' }): Promise<void> => {
    controller = new AbortController();
    openBatches = 0;
    let batch: ScanEvent[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      send({ kind: 'events', events: batch });
      batch = [];
      openBatches++;
      while (openBatches >= OPEN_BATCHES && !controller.signal.aborted)
        await new Promise<void>((resolve) => {
          onTaken = resolve;
        });
    };
    try {
      for await (const event of scanChunk(source, chunk, { ...options, signal: controller.signal })) {
        batch.push(event);
        if (batch.length >= BATCH_EVENTS || event.kind === 'progress') await flush();
      }
      await flush();
      send({ kind: 'end' });
    } catch (error) {
      if (batch.length > 0) send({ kind: 'events', events: batch });
      const code = error instanceof ScannerError ? error.code : undefined;
      send({ kind: 'error', code, message: error instanceof Error ? error.message : toReason(error) });
    }
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'run') void run(message);
    else {
      if (message.kind === 'abort') controller.abort();
      else openBatches--;
      onTaken?.();
    }
  });
}
