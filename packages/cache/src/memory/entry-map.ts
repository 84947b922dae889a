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
 *
 * Newcomers lie apart. Each entry that comes and goes leaves a gap, and most newcomers go soon: among all entries they
 * wore out large maps, each of which is a page that is given back to the system as a whole. Small ones share pages.
 */
export class EntryMap {
  /** By shard, entries that were found again, or have stayed for a while. */
  private readonly settled: readonly Map<string, number>[] = Array.from({ length: SHARDS }, () => new Map());
  private readonly newcomers: readonly Map<string, number>[] = Array.from({ length: SHARDS }, () => new Map());

  get size(): number {
    let size = 0;
    for (const shard of this.settled) size += shard.size;
    for (const shard of this.newcomers) size += shard.size;
    return size;
  }

  /** {@link NONE} when there is none. */
  get(key: string): number {
    const shard = shardOf(key);
    return (this.settled[shard] as Map<string, number>).get(key) ?? this.getNewcomer(key, shard);
  }

  has(key: string): boolean {
    return this.get(key) !== NONE;
  }

  /** Adds a key that is not here. */
  add(key: string, slot: number): void {
    const shard = shardOf(key);
    const newcomers = this.newcomers[shard] as Map<string, number>;
    newcomers.set(key, slot);
    const limit = Math.max(MIN_NEWCOMERS, (this.settled[shard] as Map<string, number>).size >> NEWCOMERS_SHIFT);
    if (newcomers.size <= limit) return;
    // Several at once: an iterator that was kept for the next one would keep every map that the engine has replaced since.
    let left = limit >> BATCH_SHIFT;
    for (const [oldest, oldestSlot] of newcomers) {
      this.settle(oldest, shard, oldestSlot);
      left -= 1;
      if (left === 0) return;
    }
  }

  delete(key: string): void {
    const shard = shardOf(key);
    if (this.newcomers[shard]?.delete(key) === false) this.settled[shard]?.delete(key);
  }

  *values(): IterableIterator<number> {
    for (const shard of this.settled) yield* shard.values();
    for (const shard of this.newcomers) yield* shard.values();
  }

  /** Who is asked for is likely to stay, and will be found at once the next time. */
  private getNewcomer(key: string, shard: number): number {
    const slot = this.newcomers[shard]?.get(key);
    if (slot === undefined) return NONE;
    this.settle(key, shard, slot);
    return slot;
  }

  private settle(key: string, shard: number, slot: number): void {
    this.newcomers[shard]?.delete(key);
    this.settled[shard]?.set(key, slot);
  }
}

function shardOf(key: string): number {
  const { length } = key;
  // Beyond the ends a character is NaN, which the operators take for 0.
  const mix =
    key.charCodeAt(length - 1) ^ (key.charCodeAt(length - 2) * 5) ^ (key.charCodeAt(length >>> 1) * 3) ^ length;
  return (mix ^ (mix >>> 4)) & (SHARDS - 1);
}
