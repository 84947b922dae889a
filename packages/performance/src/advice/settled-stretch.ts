/** How far back a level is looked for. */
const MOST_MS = 15_000;
const STEP_MS = 2_000;
/** Steps that differ by more than this are not of one level. */
const SAME_LEVEL = 1.5;

/**
 * Where the present level of a figure begins, epoch milliseconds: at most fifteen seconds back, and later when it has just
 * changed. A fault of five seconds that is averaged with ten good ones is promised away too small.
 * @param read The figure over a stretch; `NaN` when nothing was measured.
 */
export function settledSince(read: (from: number, to: number) => number, now: number): number {
  let from = now - STEP_MS;
  let level = read(from, now);
  while (now - (from - STEP_MS) <= MOST_MS) {
    const step = read(from - STEP_MS, from);
    const isOther = Math.max(step, level) > Math.min(step, level) * SAME_LEVEL;
    if (isOther) return from;
    from -= STEP_MS;
    level = read(from, now);
  }
  return from;
}
