/** Watches one source between two readings. */
export interface Collector<Part> {
  /** Begins to watch; until then and after {@link stop} it costs nothing. */
  start(): void;
  /** What happened since the last reading, and begins the next one. */
  collect(durationMs: number): Part;
  stop(): void;
}

/** The usual quantiles of a duration, in milliseconds. */
export interface Durations {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
