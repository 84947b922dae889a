/** Things that wait to be looked at together. */
export interface Batch<Item> {
  add(item: Item): void;
  /** Has those that wait looked at, oldest first. */
  settle(): void;
}

/**
 * More are looked at at once, however long the next beat is away: what waits for longer than it takes to fill the young
 * generation twice becomes old, and what is old is collected by full collections, after which V8 compiles anew (decision 28).
 */
const MOST_WAITING = 16;

/**
 * Puts off what need not be done where a request ends: there it costs more than for many at once,
 * because between two requests a program uses up the processor's caches (docs/benchmarks/profiler.md).
 */
export function createBatch<Item>(look: (due: readonly Item[]) => void): Batch<Item> {
  let waiting: Item[] = [];
  const settle = (): void => {
    if (waiting.length === 0) return;
    const due = waiting;
    waiting = [];
    look(due);
  };
  return {
    add(item) {
      waiting.push(item);
      if (waiting.length >= MOST_WAITING) settle();
    },
    settle,
  };
}
