/** `GET /scans` as a `Section`. Throughput over time comes from `GET /series` (`scans.*`). */
export interface ScansView {
  readonly queue: {
    readonly pendingChunks: number;
    readonly runningChunks: number;
    readonly oldestPendingMs: number;
  };
  readonly workers: readonly ScanWorker[];
  readonly running: readonly RunningScan[];
  /** Over the last minute. */
  readonly throughput: {
    readonly bytesPerSecond: number;
    readonly itemsPerSecond: number;
    readonly findingsPerSecond: number;
  };
  /** Failed chunks of the last day by cause, most first. */
  readonly failures: readonly { readonly code: string; readonly count: number; readonly lastAt: number }[];
}

/** A process or thread that works on chunks. */
export interface ScanWorker {
  readonly id: string;
  readonly state: 'busy' | 'idle' | 'lost';
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly chunkCount: number;
  readonly bytesPerSecond: number;
}

/** A scan under way. */
export interface RunningScan {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: number;
  readonly doneBytes: number;
  /** `null` when the total is not known. */
  readonly totalBytes: number | null;
  readonly findingCount: number;
  readonly pendingChunks: number;
}
