import type { Clock } from '@dataguardian/telemetry';
import type { MemoryTier } from './memory/memory-tier.ts';
import type { Coherence } from './remote.ts';
import type { TagState, TagTable } from './tag-table.ts';

/** What every namespace of a cache shares. */
export interface NamespaceContext {
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: MemoryTier;
  readonly tags: TagTable;
  readonly coherence: Coherence;
  readonly leaseMs: number;
  /** A read waits for a load because the value in memory has just expired. */
  onLapse(namespace: string, key: string): void;
  invalidateTags(names: readonly string[]): Promise<void>;
}

/** The tag that every value of a namespace carries, so that clearing it is O(1). */
export function toNamespaceTag(name: string): string {
  return `#${name}`;
}

/** The tags of a value: its namespace's own first. */
export function toTagStates(tags: TagTable, name: string, names: readonly string[]): TagState[] {
  return [toNamespaceTag(name), ...new Set(names)].map((tag) => tags.get(tag));
}
