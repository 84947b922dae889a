/** Something that takes room in a {@link Sieve}. */
export interface SieveItem {
  readonly bytes: number;
  /** Set it on every use. */
  visited: boolean;
  newer: this | undefined;
  older: this | undefined;
}

/** A bounded set that drops what was not used again. */
export interface Sieve<Item extends SieveItem> {
  add(item: Item): void;
  remove(item: Item): void;
  readonly count: number;
  readonly bytes: number;
}

/**
 * SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi: SIEVE is Simpler than LRU, NSDI 2024): new items enter at the head, a hand
 * walks from the tail, spares what was used since it last passed and drops the first that was not. A use only sets a
 * flag, so a hit moves nothing. Bounded by bytes beside the count.
 */
export function createSieve<Item extends SieveItem>(
  limits: { readonly count: number; readonly bytes: number },
  onDrop: (item: Item) => void,
): Sieve<Item> {
  let newest: Item | undefined;
  let oldest: Item | undefined;
  let hand: Item | undefined;
  let count = 0;
  let bytes = 0;

  const remove = (item: Item): void => {
    if (hand === item) hand = item.newer;
    if (item.newer === undefined) newest = item.older;
    else item.newer.older = item.older;
    if (item.older === undefined) oldest = item.newer;
    else item.older.newer = item.newer;
    item.newer = undefined;
    item.older = undefined;
    count -= 1;
    bytes -= item.bytes;
  };
  const drop = (): void => {
    let item = hand ?? oldest;
    while (item?.visited === true) {
      item.visited = false;
      item = item.newer ?? oldest;
    }
    if (item === undefined) return;
    hand = item.newer;
    remove(item);
    onDrop(item);
  };

  return {
    add(item) {
      while (count > 0 && (count >= limits.count || bytes + item.bytes > limits.bytes)) drop();
      item.visited = false;
      item.older = newest;
      item.newer = undefined;
      if (newest !== undefined) newest.newer = item;
      newest = item;
      oldest ??= item;
      count += 1;
      bytes += item.bytes;
    },
    remove,
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
  };
}
