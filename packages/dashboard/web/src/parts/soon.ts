/** Work of one frame beyond this waits for the next, so that no chart makes the page wait for all of them. */
const BUDGET_MS = 8;

const waiting = new Set<() => void>();
let isPlanned = false;

/** Does `work` in one of the next frames; once, however often it was asked for. */
export function soon(work: () => void): void {
  waiting.add(work);
  plan();
}

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    const begun = performance.now();
    for (const work of waiting) {
      waiting.delete(work);
      work();
      if (performance.now() - begun > BUDGET_MS) break;
    }
    if (waiting.size > 0) plan();
  });
}
