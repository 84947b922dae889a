/** A stretch of time, epoch milliseconds at its end. */
export interface Stretch {
  readonly endedAt: number;
  readonly durationMs: number;
}

/** Durations of the same requests as they were and as they would have been. */
export interface StallReplay {
  /** Requests that were under way during a stall. */
  readonly waitingCount: number;
  readonly waitedMs: number;
  readonly before: DurationQuantiles;
  readonly after: DurationQuantiles;
}

/** Quantiles of durations, in milliseconds. */
export interface DurationQuantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * Plays recorded requests again without stalls of the event loop: each request loses the time for which a stall held it.
 * What would have followed sooner because of that is not counted, so that the answer is the least that is gained for
 * those who waited, and the most for who caused the stall. An idea of "virtual speed-up" (Curtsinger and Berger, "Coz:
 * Finding Code that Counts with Causal Profiling", 2015), applied to a recording.
 */
export function replayWithout(stalls: readonly Stretch[], requests: readonly Stretch[]): StallReplay {
  const sorted = stalls.toSorted((a, b) => a.endedAt - b.endedAt);
  let waitingCount = 0;
  let waitedMs = 0;
  const relieved = requests.map(({ endedAt, durationMs }) => {
    const heldMs = overlapMs(sorted, endedAt - durationMs, endedAt);
    if (heldMs > 0) waitingCount += 1;
    waitedMs += heldMs;
    return Math.max(0, durationMs - heldMs);
  });
  return {
    waitingCount,
    waitedMs,
    before: quantilesOf(requests.map(({ durationMs }) => durationMs)),
    after: quantilesOf(relieved),
  };
}

function overlapMs(sorted: readonly Stretch[], from: number, to: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.endedAt ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let sum = 0;
  for (let index = low; index < sorted.length; index++) {
    const stall = sorted[index];
    if (stall === undefined || stall.endedAt - stall.durationMs >= to) break;
    sum += Math.min(to, stall.endedAt) - Math.max(from, stall.endedAt - stall.durationMs);
  }
  return sum;
}

function quantilesOf(durations: readonly number[]): DurationQuantiles {
  const sorted = Float64Array.from(durations).sort();
  const at = (quantile: number): number =>
    sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0);
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
