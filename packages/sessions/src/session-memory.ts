import type { Clock } from '@dataguardian/telemetry';
import { createExpiryWheel } from './expiry-wheel.ts';
import { expiryOf, type SessionRecord } from './session-record.ts';
import { createShardedMap } from './sharded-map.ts';
import type { WrittenData } from './session-table.ts';

/** A session in memory and since when its record is known to be right. */
export interface Remembered {
  record: SessionRecord;
  /** Monotonic milliseconds of the latest confirmation by the database. */
  confirmedAt: number;
}

/** Sessions this process has seen, by token hash; bounded: of those beside a new one the unused longest makes room. */
export interface SessionMemory {
  get(tokenHash: string): Remembered | undefined;
  put(record: SessionRecord, confirmedAt: number): Remembered;
  /** Takes over data that was written, unless memory already holds a later version. */
  learn(handle: string, written: WrittenData): void;
  forget(tokenHash: string): void;
  /** Data of this version exists: what memory holds of a lower one must be read again. */
  outdate(handle: string, version: number): void;
  /** Gives back what has expired, at most `limit` at once. Says whether there may be more. */
  expire(now: number, limit: number): boolean;
  /** Forgets by handle, and keeps loads that began before from bringing it back. */
  forgetHandle(handle: string): void;
  /** Grows whenever something is forgotten: a load that began before a change is not remembered. */
  readonly generation: number;
  readonly size: number;
  /** Some of the records, to estimate by. */
  sample(count: number): readonly SessionRecord[];
}

/** What a slice may take of a turn of the event loop. */
const SLICE_MS = 1;
/** Between two looks at the clock: as little as the dearest deletions, which shrink a map each, allow. */
const STEP = 4;

/**
 * Gives back what has expired for about a millisecond; says whether there may be more. A number of sessions instead of a
 * time would not do: shards hold about the same, and shrink in the same slice.
 */
export function expireSlice(memory: Pick<SessionMemory, 'expire'>, clock: Pick<Clock, 'now' | 'monotonic'>): boolean {
  const until = clock.monotonic() + SLICE_MS;
  const now = clock.now();
  while (memory.expire(now, STEP)) if (clock.monotonic() >= until) return true;
  return false;
}

/** Creates an empty memory of so many sessions. */
export function createSessionMemory(capacity: number): SessionMemory {
  const byHash = createShardedMap<Remembered>();
  const hashByHandle = createShardedMap<string>();
  const wheel = createExpiryWheel();
  let generation = 0;
  const forget = (tokenHash: string): void => {
    const known = byHash.get(tokenHash);
    generation += 1;
    if (known === undefined) return;
    byHash.delete(tokenHash);
    if (hashByHandle.get(known.record.handle) === tokenHash) hashByHandle.delete(known.record.handle);
  };
  return {
    get(tokenHash) {
      const known = byHash.get(tokenHash);
      if (known === undefined) return undefined;
      byHash.set(tokenHash, known);
      return known;
    },
    put(found, confirmedAt) {
      const known = byHash.get(found.tokenHash)?.record;
      // A read that began before a write may end after it.
      const record =
        known !== undefined && known.version > found.version
          ? Object.freeze({ ...found, data: known.data, version: known.version })
          : found;
      const remembered = { record, confirmedAt };
      byHash.set(record.tokenHash, remembered);
      if (known === undefined) wheel.add(record.tokenHash, expiryOf(record));
      hashByHandle.set(record.handle, record.tokenHash);
      if (byHash.size > capacity) {
        const oldest = byHash.oldestBeside(record.tokenHash);
        if (oldest !== undefined) forget(oldest);
      }
      return remembered;
    },
    learn(handle, { data, version }) {
      const known = byHash.get(hashByHandle.get(handle) ?? '');
      if (known !== undefined && known.record.version < version)
        known.record = Object.freeze({ ...known.record, data, version });
    },
    forget,
    outdate(handle, version) {
      const known = byHash.get(hashByHandle.get(handle) ?? '');
      if (known !== undefined && known.record.version < version) known.confirmedAt = Number.NEGATIVE_INFINITY;
    },
    expire(now, limit) {
      const due = wheel.takeDue(now, limit);
      for (const tokenHash of due) {
        const known = byHash.get(tokenHash);
        if (known === undefined) continue;
        const at = expiryOf(known.record);
        if (at <= now) forget(tokenHash);
        else wheel.add(tokenHash, at);
      }
      return due.length === limit;
    },
    forgetHandle(handle) {
      generation += 1;
      const tokenHash = hashByHandle.get(handle);
      if (tokenHash !== undefined) forget(tokenHash);
    },
    get generation() {
      return generation;
    },
    get size() {
      return byHash.size;
    },
    sample: (count) => byHash.sample(count).map(({ record }) => record),
  };
}
