import type { TagState } from '../tag-table.ts';
import type { PolicyNode } from './window-tiny-lfu.ts';
import type { Timed } from './timer-wheel.ts';
import type { MemorySpace } from './memory-tier.ts';

/**
 * When a value ends, on the monotonic clock, in whole milliseconds: the engine keeps each other number as an object of
 * its own, which the garbage collector has to move.
 */
export interface EntryTimes {
  /** Until then it is fresh. */
  freshUntil: number;
  /** Until then it may stand in for a value that cannot be loaded; at least `freshUntil`. */
  staleUntil: number;
  /** From then on a read starts a refresh in the background; `freshUntil`: never. */
  refreshAt: number;
}

/** One value in memory, with the links of every list it is on. */
export class MemoryEntry implements PolicyNode<MemoryEntry>, Timed<MemoryEntry>, EntryTimes {
  readonly space: MemorySpace;
  readonly key: string;
  readonly hash: number;
  value: unknown = undefined;
  /** The value as a promise that is fulfilled already, made by the first hit, so that the others allocate nothing. */
  promise: Promise<unknown> | undefined = undefined;
  /** Whether the value must be copied for each reader. */
  isCopied = false;
  /** Estimated size in memory. */
  bytes = 0;
  freshUntil = 0;
  staleUntil = 0;
  refreshAt = 0;
  /** The tags it carries, and the version of each that it was loaded under. */
  tags: readonly TagState[] = [];
  tagVersions: readonly number[] = [];
  /** The epoch of the coherence channel under which it is known to be current. */
  epoch = 0;
  /** Which record in Redis it equals; empty when none. */
  version = '';
  /** Reads since it was stored. */
  readCount = 0;
  cost = 0;
  queue = 0;
  previous: MemoryEntry | undefined = undefined;
  next: MemoryEntry | undefined = undefined;
  endsAt = 0;
  wheelPrevious: MemoryEntry | undefined = undefined;
  wheelNext: MemoryEntry | undefined = undefined;
  wheelSlot = -1;

  constructor(space: MemorySpace, key: string, hash: number) {
    this.space = space;
    this.key = key;
    this.hash = hash;
  }

  /** Whether no tag of it was invalidated since it was loaded. */
  get hasCurrentTags(): boolean {
    const { tags, tagVersions } = this;
    for (let index = 0; index < tags.length; index++) {
      if ((tags[index] as TagState).version !== tagVersions[index]) return false;
    }
    return true;
  }
}
