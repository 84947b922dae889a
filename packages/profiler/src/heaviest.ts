/** The heaviest of the recent past. */
export interface Heaviest<Item> {
  /** @param at Epoch milliseconds at which it was. */
  offer(item: Item, weight: number, at: number): void;
  /** Heaviest first; of equally heavy ones the older. */
  list(): readonly Item[];
}

interface Kept<Item> {
  readonly item: Item;
  readonly weight: number;
  readonly at: number;
}

/** Keeps at most `capacity`; what is older than `keepMs` makes room first. */
export function createHeaviest<Item>(capacity: number, keepMs: number): Heaviest<Item> {
  let kept: Kept<Item>[] = [];
  /** None of them is older. */
  let oldestAt = Number.POSITIVE_INFINITY;

  const dropExpired = (since: number): void => {
    if (oldestAt > since) return;
    kept = kept.filter(({ at }) => at > since);
    oldestAt = kept.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY);
  };

  /** Where it belongs: behind all that are as heavy or heavier. */
  const placeOf = (weight: number): number => {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((kept[middle]?.weight ?? 0) >= weight) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    offer(item, weight, at) {
      if (kept.length >= capacity) dropExpired(at - keepMs);
      const lightest = kept.at(-1);
      if (kept.length >= capacity && lightest !== undefined && weight <= lightest.weight) return;
      kept.splice(placeOf(weight), 0, { item, weight, at });
      oldestAt = Math.min(oldestAt, at);
      if (kept.length > capacity) kept.pop();
    },
    list: () => kept.map(({ item }) => item),
  };
}
