/** A map for very many hexadecimal keys. */
export interface ShardedMap<Value> {
  get(key: string): Value | undefined;
  /** Adds or replaces; the key becomes the youngest of its shard. */
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  /** The oldest key of the shard in which `key` lies. */
  oldestBeside(key: string): string | undefined;
  /** The oldest values of some shards, `count` at most. */
  sample(count: number): readonly Value[];
  readonly size: number;
}

const SHARDS = 1_024;

/**
 * One map per value of the last three digits. A single map of a million entries is copied as a whole whenever it grows
 * or shrinks, which stops the event loop for a tenth of a second; a shard is copied in a fraction of a millisecond.
 */
export function createShardedMap<Value>(): ShardedMap<Value> {
  const shards = Array.from({ length: SHARDS }, () => new Map<string, Value>());
  let size = 0;
  const shardOf = (key: string): Map<string, Value> => {
    const end = key.length - 1;
    const number = digitAt(key, end) | (digitAt(key, end - 1) << 4) | (digitAt(key, end - 2) << 8);
    // The mask keeps the index within the array, whatever the key.
    return shards[number & (SHARDS - 1)] as Map<string, Value>;
  };
  return {
    get: (key) => shardOf(key).get(key),
    set(key, value) {
      const shard = shardOf(key);
      const before = shard.size;
      shard.delete(key);
      size += shard.size - before + 1;
      shard.set(key, value);
    },
    delete(key) {
      const isGone = shardOf(key).delete(key);
      if (isGone) size -= 1;
      return isGone;
    },
    oldestBeside: (key) => shardOf(key).keys().next().value,
    sample: (count) =>
      shards
        .flatMap((shard) => {
          const first = shard.values().next();
          return first.done === true ? [] : [first.value];
        })
        .slice(0, count),
    get size() {
      return size;
    },
  };
}

function digitAt(key: string, index: number): number {
  const code = key.charCodeAt(index);
  return code < 58 ? code - 48 : code - 87;
}
