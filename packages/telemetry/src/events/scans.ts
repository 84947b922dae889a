import { openChannel, type Channel } from '../channel.ts';

/** One finished chunk of a scan. */
export interface ScanChunkEvent {
  readonly scanId: string;
  readonly userId: string | undefined;
  readonly durationMs: number;
  readonly bytes: number;
  readonly itemCount: number;
  readonly findingCount: number;
  readonly failed: boolean;
}

/** The queue at one moment. */
export interface ScanQueueEvent {
  readonly pendingChunks: number;
  readonly runningChunks: number;
  readonly oldestPendingMs: number;
  readonly workerCount: number;
}

/** For which scan this thread works from now on; `undefined` when for none. */
export interface ThreadScanEvent {
  readonly scanId: string | undefined;
}

export const scanChunks: Channel<ScanChunkEvent> = openChannel('dataguardian:scans.chunk');
export const scanQueue: Channel<ScanQueueEvent> = openChannel('dataguardian:scans.queue');
export const threadScans: Channel<ThreadScanEvent> = openChannel('dataguardian:scans.thread');
