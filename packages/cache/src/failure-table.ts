/** Failures that are remembered at once. */
const MAX_FAILURES = 10_000;

interface Failure {
  readonly error: Error;
  readonly until: number;
}

/** Loads that failed lately, when a namespace asks for that: a source that is down is then not asked by each caller. */
export class FailureTable {
  private readonly ttlMs: number;
  private readonly failures = new Map<string, Failure>();

  /** @param ttlMs How long a failure is remembered; 0: not at all. */
  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  /** The error of the last load of a key. @param now Monotonic milliseconds, as for {@link note}. */
  find(key: string, now: number): Error | undefined {
    if (this.failures.size === 0) return undefined;
    const failure = this.failures.get(key);
    if (failure === undefined || failure.until > now) return failure?.error;
    this.failures.delete(key);
    return undefined;
  }

  note(key: string, error: Error, now: number): void {
    if (this.ttlMs === 0) return;
    this.failures.delete(key);
    // The oldest come first, and end first.
    for (const [oldest, { until }] of this.failures) {
      if (until > now && this.failures.size < MAX_FAILURES) break;
      this.failures.delete(oldest);
    }
    this.failures.set(key, { error, until: now + this.ttlMs });
  }

  forget(key: string): void {
    if (this.failures.size > 0) this.failures.delete(key);
  }

  clear(): void {
    this.failures.clear();
  }
}
