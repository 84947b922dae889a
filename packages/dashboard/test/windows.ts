import type { Window } from '@dataguardian/profiler';

/** What a test says of a second; the rest is a quiet process. */
export interface QuietWindow {
  readonly requests?: Partial<Window['requests']>;
  readonly queries?: Partial<Window['queries']>;
  readonly cache?: Partial<Window['cache']>;
  readonly runtime?: Partial<Window['runtime']>;
  readonly durationMs?: number;
}

const NO_DURATIONS = { p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };

/** A finished second that ended at `at`. */
export function windowAt(at: number, { durationMs = 1_000, ...parts }: QuietWindow = {}): Window {
  const window = {
    at,
    durationMs,
    requests: { count: 0, errorCount: 0, bytes: 0, ...NO_DURATIONS, ...parts.requests },
    queries: {
      count: 0,
      failedCount: 0,
      rowCount: 0,
      waitP95Ms: 0,
      verdicts: { hit: 0, miss: 0, uncacheable: 0, bypass: 0, off: 0 },
      pool: { total: 0, idle: 0, waiting: 0, max: 0 },
      ...NO_DURATIONS,
      ...parts.queries,
    },
    cache: {
      outcomes: { 'hit-memory': 0, 'hit-redis': 0, stale: 0, miss: 0, bypass: 0 },
      loadCount: 0,
      loadP95Ms: 0,
      failedLoadCount: 0,
      evictionCount: 0,
      ...parts.cache,
    },
    sessions: { startedCount: 0, endedCount: 0, refusedCount: 0, admittedCount: 0, shedCount: 0, waitP95Ms: 0 },
    scans: {
      chunkCount: 0,
      failedCount: 0,
      bytes: 0,
      itemCount: 0,
      findingCount: 0,
      queue: { pendingChunks: 0, runningChunks: 0, oldestPendingMs: 0, workerCount: 0 },
    },
    runtime: {
      cpuRatio: 0,
      loopBusyRatio: 0,
      loopUtilisationRatio: 0,
      loopDelayP99Ms: 0,
      loopDelayMaxMs: 0,
      gcMs: 0,
      rssBytes: 1,
      heapUsedBytes: 1,
      heapLimitBytes: 1,
      externalBytes: 1,
      ...parts.runtime,
    },
  };
  // Figures that the profiler adds do not matter here.
  return window as Window;
}

/** Hands windows to whoever listens, when the test says so. */
export function createWindowSource(): {
  onWindow(listener: (window: Window) => void): () => void;
  emit(window: Window): void;
} {
  const listeners = new Set<(window: Window) => void>();
  return {
    onWindow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(window) {
      for (const listener of listeners) listener(window);
    },
  };
}
