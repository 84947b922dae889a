import { NONE } from './entry-rows.ts';

/** A power of two. */
const SHARDS = 16;
/** How many newcomers a shard has at least. */
const MIN_NEWCOMERS = 64;
/** As a share of what has settled, by shift: more than the policy's window takes unless recency is what pays. */
const NEWCOMERS_SHIFT = 5;
/** Which part of the newcomers settles at once, by shift. */
const BATCH_SHIFT = 3;

/**
 * Slots of entries by key, in several maps instead of one: the engine moves a whole map when it grows or has too many gaps,
 * which would hold up the event loop for as long as there are entries. A shard is chosen by three of a key's characters
 * and its length, because hashing all of them would cost more than finding the entry. Keys that agree in those share
 * one shard, which is no worse than one map.
 */
export class EntryMap {
  private readonly shards: readonly Shard[] = Array.from({ length: SHARDS }, () => new Shard());

  get size(): number {
    let size = 0;
    for (const shard of this.shards) size += shard.size;
    return size;
  }

  /** {@link NONE} when there is none. */
  get(key: string): number {
    const shard = this.shardOf(key);
    return shard.settled.get(key) ?? shard.getNewcomer(key);
  }

  has(key: string): boolean {
    return this.get(key) !== NONE;
  }

  /** Adds a key that is not here. */
  add(key: string, slot: number): void {
    this.shardOf(key).add(key, slot);
  }

  delete(key: string): void {
    this.shardOf(key).delete(key);
  }

  *values(): IterableIterator<number> {
    for (const shard of this.shards) {
      yield* shard.settled.values();
      yield* shard.newcomers.values();
    }
  }

  private shardOf(key: string): Shard {
    const { length } = key;
    // Beyond the ends a character is NaN, which the operators take for 0.
    const mix =
      key.charCodeAt(length - 1) ^ (key.charCodeAt(length - 2) * 5) ^ (key.charCodeAt(length >>> 1) * 3) ^ length;
    return this.shards[(mix ^ (mix >>> 4)) & (SHARDS - 1)] as Shard;
  }
}

/**
 * Each entry that comes and goes leaves a gap in its map, and gaps have the engine make the map anew. Most newcomers go
 * soon. In a map of their own they take a small one with them, which dies young; among all entries it was large ones,
 * which became most of the old garbage (40 bytes a set).
 */
class Shard {
  /** Entries that were found again, or have stayed for a while. */
  readonly settled = new Map<string, number>();
  readonly newcomers = new Map<string, number>();

  get size(): number {
    return this.settled.size + this.newcomers.size;
  }

  /** Who is asked for is likely to stay, and will be found at once the next time. */
  getNewcomer(key: string): number {
    const slot = this.newcomers.get(key);
    if (slot === undefined) return NONE;
    this.settle(key, slot);
    return slot;
  }

  add(key: string, slot: number): void {
    const { newcomers } = this;
    newcomers.set(key, slot);
    const limit = Math.max(MIN_NEWCOMERS, this.settled.size >> NEWCOMERS_SHIFT);
    if (newcomers.size > limit) this.settleOldest(limit >> BATCH_SHIFT);
  }

  delete(key: string): void {
    if (!this.newcomers.delete(key)) this.settled.delete(key);
  }

  /** Several at once: an iterator that was kept for the next one would keep every map that the engine has replaced since. */
  private settleOldest(count: number): void {
    let left = count;
    for (const [key, slot] of this.newcomers) {
      if (left === 0) return;
      left -= 1;
      this.settle(key, slot);
    }
  }

  private settle(key: string, slot: number): void {
    this.newcomers.delete(key);
    this.settled.set(key, slot);
  }
}
