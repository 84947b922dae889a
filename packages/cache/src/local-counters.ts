import type { Clock } from '@dataguardian/telemetry';

const SWEEP_EVERY = 1_000;

/** Counters of this process, for when Redis is absent or away. */
export class LocalCounters {
  private readonly clock: Clock;
  private readonly counts = new Map<string, { count: number; endsAt: number }>();
  private additions = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Adds to a counter; its ttl starts with its first addition. */
  increment(key: string, by: number, ttlMs: number): number {
    const now = this.clock.monotonic();
    if (++this.additions % SWEEP_EVERY === 0) this.sweep(now);
    const known = this.counts.get(key);
    if (known !== undefined && known.endsAt > now) return (known.count += by);
    this.counts.set(key, { count: by, endsAt: now + ttlMs });
    return by;
  }

  clear(): void {
    this.counts.clear();
  }

  private sweep(now: number): void {
    for (const [key, { endsAt }] of this.counts) if (endsAt <= now) this.counts.delete(key);
  }
}
