import type { EntryMap } from './entry-map.ts';

/** The entries of one namespace. */
export interface MemorySpace {
  /** Its number within its tier. */
  readonly id: number;
  readonly name: string;
  readonly entries: EntryMap;
  bytes: number;
  /** Entries that left, by expiry or eviction. */
  readonly evictions: EvictionCounts;
  /** Those among them that nobody had read. */
  goneUnreadCount: number;
}

/** Why entries left: to make room, because their time was over, or as newcomers that were not admitted. */
export interface EvictionCounts {
  size: number;
  expired: number;
  rejected: number;
}
