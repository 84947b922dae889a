import { NONE } from './entry-rows.ts';

/** A power of two. */
const SHARDS = 16;
/** How many newcomers a map of a shard takes in, at least. */
const MIN_NEWCOMERS = 64;
/** As a share of what has settled, by shift: more than the policy's window takes unless recency is what pays. */
const NEWCOMERS_SHIFT = 5;

type SlotMap = Map<string, number>;

/**
 * Slots of entries by key, in several maps instead of one: the engine moves a whole map when it grows or has too many gaps,
 * which would hold up the event loop for as long as there are entries. A shard is chosen by three of a key's characters
 * and its length, because hashing all of them would cost more than finding the entry. Keys that agree in those share
 * one shard, which is no worse than one map.
 *
 * Newcomers lie apart. Each entry that comes and goes leaves a gap, and most newcomers go soon: among all entries they
 * wore out large maps, each of which is a page that is given back to the system as a whole. A map takes in newcomers only
 * for a while and never lives long: the engine makes the tables of an old map among the old, where they stay until a full
 * collection.
 */
export class EntryMap {
  /** By shard, entries that were found again, or have stayed for a while. */
  private readonly settled: readonly SlotMap[] = Array.from({ length: SHARDS }, () => new Map());
  private readonly newest: SlotMap[] = Array.from({ length: SHARDS }, () => new Map());
  /** Those of the while before. */
  private readonly newer: SlotMap[] = Array.from({ length: SHARDS }, () => new Map());
  /** How many each of the newest maps may still take in. */
  private readonly left: number[] = Array.from({ length: SHARDS }, () => MIN_NEWCOMERS);

  get size(): number {
    return [this.settled, this.newer, this.newest].flat().reduce((sum, map) => sum + map.size, 0);
  }

  /** {@link NONE} when there is none. */
  get(key: string): number {
    const shard = shardOf(key);
    return (this.settled[shard] as SlotMap).get(key) ?? this.getNewcomer(key, shard);
  }

  /** Adds a key that is not here. */
  add(key: string, slot: number): void {
    const shard = shardOf(key);
    (this.newest[shard] as SlotMap).set(key, slot);
    const left = (this.left[shard] as number) - 1;
    this.left[shard] = left > 0 ? left : this.beginNewest(shard);
  }

  delete(key: string): void {
    const shard = shardOf(key);
    if (this.newest[shard]?.delete(key) === true || this.newer[shard]?.delete(key) === true) return;
    this.settled[shard]?.delete(key);
  }

  *values(): IterableIterator<number> {
    for (const map of [this.settled, this.newer, this.newest].flat()) yield* map.values();
  }

  /** Who is asked for is likely to stay, and will be found at once the next time. */
  private getNewcomer(key: string, shard: number): number {
    let map = this.newest[shard] as SlotMap;
    let slot = map.get(key);
    if (slot === undefined) {
      map = this.newer[shard] as SlotMap;
      slot = map.get(key);
    }
    if (slot === undefined) return NONE;
    map.delete(key);
    (this.settled[shard] as SlotMap).set(key, slot);
    return slot;
  }

  /** Settles who is left of the while before. Returns how many the next while takes in. */
  private beginNewest(shard: number): number {
    const settled = this.settled[shard] as SlotMap;
    for (const [key, slot] of this.newer[shard] as SlotMap) settled.set(key, slot);
    this.newer[shard] = this.newest[shard] as SlotMap;
    this.newest[shard] = new Map();
    return Math.max(MIN_NEWCOMERS, settled.size >> NEWCOMERS_SHIFT);
  }
}

function shardOf(key: string): number {
  const { length } = key;
  // Beyond the ends a character is NaN, which the operators take for 0.
  const mix =
    key.charCodeAt(length - 1) ^ (key.charCodeAt(length - 2) * 5) ^ (key.charCodeAt(length >>> 1) * 3) ^ length;
  return (mix ^ (mix >>> 4)) & (SHARDS - 1);
}
