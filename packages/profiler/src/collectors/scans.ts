import { scanChunks, scanQueue, type ScanQueueEvent } from '@dataguardian/telemetry';
import type { Collector } from '../collector.ts';

/** Scan work finished in the window, and the queue at its end. */
export interface ScanPart {
  readonly chunkCount: number;
  readonly failedCount: number;
  readonly bytes: number;
  readonly itemCount: number;
  readonly findingCount: number;
  readonly queue: ScanQueueEvent;
}

const EMPTY_QUEUE: ScanQueueEvent = { pendingChunks: 0, runningChunks: 0, oldestPendingMs: 0, workerCount: 0 };

/** Counts finished chunks, what they read and what they found. */
export function createScanCollector(): Collector<ScanPart> {
  let counts = { chunkCount: 0, failedCount: 0, bytes: 0, itemCount: 0, findingCount: 0 };
  let queue = EMPTY_QUEUE;
  let unsubscribe: (() => void)[] = [];
  return {
    start() {
      if (unsubscribe.length > 0) return;
      unsubscribe = [
        scanChunks.subscribe((event) => {
          counts.chunkCount += 1;
          counts.bytes += event.bytes;
          counts.itemCount += event.itemCount;
          counts.findingCount += event.findingCount;
          if (event.failed) counts.failedCount += 1;
        }),
        scanQueue.subscribe((event) => {
          queue = event;
        }),
      ];
    },
    collect() {
      const part = { ...counts, queue };
      counts = { chunkCount: 0, failedCount: 0, bytes: 0, itemCount: 0, findingCount: 0 };
      return part;
    },
    stop() {
      for (const end of unsubscribe) end();
      unsubscribe = [];
    },
  };
}
