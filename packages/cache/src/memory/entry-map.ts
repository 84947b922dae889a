import { NONE } from './entry-rows.ts';

/** A power of two. */
const SHARDS = 16;

/**
 * Slots of entries by key, in several maps instead of one: the engine moves a whole map when it grows or has too many gaps,
 * which would hold up the event loop for as long as there are entries. A shard is chosen by three of a key's characters
 * and its length, because hashing all of them would cost more than finding the entry. Keys that agree in those share
 * one shard, which is no worse than one map.
 */
export class EntryMap {
  private readonly shards: readonly Map<string, number>[] = Array.from({ length: SHARDS }, () => new Map());

  get size(): number {
    let size = 0;
    for (const shard of this.shards) size += shard.size;
    return size;
  }

  /** {@link NONE} when there is none. */
  get(key: string): number {
    return this.shardOf(key).get(key) ?? NONE;
  }

  has(key: string): boolean {
    return this.shardOf(key).has(key);
  }

  set(key: string, slot: number): void {
    this.shardOf(key).set(key, slot);
  }

  delete(key: string): void {
    this.shardOf(key).delete(key);
  }

  *values(): IterableIterator<number> {
    for (const shard of this.shards) yield* shard.values();
  }

  private shardOf(key: string): Map<string, number> {
    const { length } = key;
    // Beyond the ends a character is NaN, which the operators take for 0.
    const mix =
      key.charCodeAt(length - 1) ^ (key.charCodeAt(length - 2) * 5) ^ (key.charCodeAt(length >>> 1) * 3) ^ length;
    return this.shards[(mix ^ (mix >>> 4)) & (SHARDS - 1)] as Map<string, number>;
  }
}
