import { getHeapStatistics } from 'node:v8';

/** What is left. */
export interface MemoryReading {
  /** Memory that the process may still take, within the limits of its container. */
  readonly availableBytes: number;
  /** Share of the heap's limit that is used, 0..1. */
  readonly heapRatio: number;
}

/** Below this a scan that begins may be the one that ends the process. */
const LEAST_AVAILABLE_BYTES = 128 * 1024 * 1024;
const MOST_HEAP_RATIO = 0.9;

/** Whether memory is short enough to shed load: new scans first, sessions never. */
export function isShortOfMemory({ availableBytes, heapRatio }: MemoryReading = readMemory()): boolean {
  return availableBytes < LEAST_AVAILABLE_BYTES || heapRatio > MOST_HEAP_RATIO;
}

function readMemory(): MemoryReading {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return { availableBytes: process.availableMemory(), heapRatio: used / limit };
}
