/** Reads and loads of a namespace in a stretch of time. */
export interface LifeCounts {
  readonly reads: number;
  readonly loads: number;
  readonly durationMs: number;
}

/**
 * How many loads a namespace would have with the same life at another rate of reads.
 *
 * A value that lives T and is read at rate r is loaded once in T + 1/r, so that over k equally read values
 * `time/loads = T/k + time/reads`: T/k follows from what was counted, and does not depend on how much is read.
 */
export function expectLoads(counted: readonly LifeCounts[]): (reads: number, durationMs: number) => number {
  const used = counted.filter((one) => one.reads > 0);
  const sum = (pick: (one: LifeCounts) => number): number => used.reduce((total, one) => total + pick(one), 0);
  const [reads, loads, durationMs] = [sum((one) => one.reads), sum((one) => one.loads), sum((one) => one.durationMs)];
  // Without loads, or with nothing but loads, there is no life to be seen.
  const lifeMs = loads === 0 ? 0 : Math.max(0, durationMs / loads - durationMs / reads);
  return (nowReads, nowMs) => (nowReads === 0 ? Number.NaN : nowMs / (lifeMs + nowMs / nowReads));
}
