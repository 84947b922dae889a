import type { Stretch } from '@dataguardian/advisor';
import { requests, type Clock } from '@dataguardian/telemetry';

/** When the latest requests ran, without anything else about them. */
export interface RequestTimeline {
  /** Requests that ended at or after `since` (epoch milliseconds), oldest first. */
  since(since: number): readonly Stretch[];
  close(): void;
}

/** Enough for a minute of the busiest server this is meant for; 160 kB. */
const CAPACITY = 10_000;

/** Begins to record. */
export function createRequestTimeline(clock: Clock): RequestTimeline {
  const endedAt = new Float64Array(CAPACITY);
  const durationMs = new Float64Array(CAPACITY);
  let count = 0;
  const close = requests.subscribe((event) => {
    const at = clock.now();
    for (let time = 0; time < (event.standsFor ?? 1); time++) {
      const slot = count++ % CAPACITY;
      endedAt[slot] = at;
      durationMs[slot] = event.durationMs;
    }
  });
  return {
    since(since) {
      const stretches: Stretch[] = [];
      for (let index = Math.max(0, count - CAPACITY); index < count; index++) {
        const slot = index % CAPACITY;
        const at = endedAt[slot] ?? 0;
        if (at >= since) stretches.push({ endedAt: at, durationMs: durationMs[slot] ?? 0 });
      }
      return stretches;
    },
    close,
  };
}
