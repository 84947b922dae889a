import type { TagState } from '../tag-table.ts';
import {
  BYTES,
  COST,
  EntryRows,
  FRESH_UNTIL,
  HASH,
  IS_COPIED,
  NONE,
  PAGE_ROWS,
  pageOf,
  placeOf,
  REFRESH_LEAD,
  rowOf,
  SPACE,
  STALE_UNTIL,
  STATE,
  TEXT,
  WAS_READ,
} from './entry-rows.ts';
import type { MemorySpace } from './memory-space.ts';
import { TextLog } from './text-log.ts';

/** What must still hold for values to be served; many values share one. */
export interface ValueStamp {
  /** The tags that they carry, and the version of each that they were loaded under. */
  readonly tags: readonly TagState[];
  readonly tagVersions: readonly number[];
  /** The epoch of the coherence channel under which they are known to be current. */
  readonly epoch: number;
}

/** A value as it is put into memory. Times are of the monotonic clock, in whole milliseconds. */
export interface NewEntry {
  readonly value: unknown;
  /** Whether the value must be copied for each reader. */
  readonly isCopied: boolean;
  /** Until then it is fresh. */
  readonly freshUntil: number;
  /** Until then it may stand in for a value that cannot be loaded; at least `freshUntil`. */
  readonly staleUntil: number;
  /** By how much before the end of its freshness a read starts a refresh in the background; 0: never. */
  readonly refreshLeadMs: number;
  readonly stamp: ValueStamp;
  /** Which record in Redis it equals; empty when none. */
  readonly version: string;
}

/** A column of what is no number, by page. */
type Column<Item> = Item[][];

const NO_STAMP: ValueStamp = { tags: [], tagVersions: [], epoch: 0 };
const MAX_INTEGER = 2 ** 31 - 1;

/**
 * What is kept of each value in memory, by slot: numbers in rows, the rest in columns. A slot belongs to one entry
 * until the entry leaves and then to another, so nobody may keep one over a turn of the event loop.
 */
export class EntryTable {
  readonly rows = new EntryRows();
  private readonly spaces: MemorySpace[] = [];
  private readonly texts: TextLog;
  private readonly keys: Column<string> = [];
  private readonly values: Column<unknown> = [];
  private readonly stamps: Column<ValueStamp> = [];
  /** Values as promises that are fulfilled already, made by the first hit, so that the others allocate nothing. */
  private readonly promises: ((Promise<unknown> | undefined)[] | undefined)[] = [];
  /** Only of values that equal a record in Redis. */
  private readonly versions: (string[] | undefined)[] = [];

  /** @param maxBytes What there may be, roughly. */
  constructor(maxBytes: number) {
    this.texts = new TextLog(this.rows, maxBytes);
  }

  addSpace(space: MemorySpace): void {
    this.spaces.push(space);
  }

  /** A slot for a new entry, which is on no list yet. */
  take(space: MemorySpace, key: string, hash: number): number {
    const slot = this.rows.take();
    this.rows.set(slot, SPACE, space.id);
    this.rows.set(slot, HASH, hash);
    this.rows.set(slot, BYTES, 0);
    put(this.keys, slot, key);
    return slot;
  }

  /** Gives back the slot of an entry that has left, and lets go of its value. */
  release(slot: number): void {
    put(this.keys, slot, '');
    put(this.values, slot, undefined);
    this.texts.drop(slot);
    put(this.stamps, slot, NO_STAMP);
    this.forgetPromise(slot);
    this.setVersion(slot, '');
    this.rows.release(slot);
  }

  fill(slot: number, entry: NewEntry): void {
    const { rows } = this;
    this.texts.drop(slot);
    const rests = typeof entry.value === 'string' && this.texts.put(slot, entry.value);
    put(this.values, slot, rests ? undefined : entry.value);
    put(this.stamps, slot, entry.stamp);
    this.forgetPromise(slot);
    this.setVersion(slot, entry.version);
    rows.clearFlags(slot);
    if (entry.isCopied) rows.setFlag(slot, IS_COPIED);
    this.setTimes(slot, entry);
  }

  setTimes(slot: number, times: Pick<NewEntry, 'freshUntil' | 'staleUntil' | 'refreshLeadMs'>): void {
    const { rows } = this;
    rows.setDouble(slot, FRESH_UNTIL, times.freshUntil);
    rows.setDouble(slot, STALE_UNTIL, times.staleUntil);
    rows.set(slot, REFRESH_LEAD, Math.min(times.refreshLeadMs, MAX_INTEGER));
  }

  /** The value is known to be current again, until then. */
  confirm(slot: number, stamp: ValueStamp, freshUntil: number): void {
    put(this.stamps, slot, stamp);
    this.rows.setDouble(slot, FRESH_UNTIL, freshUntil);
    this.rows.set(slot, REFRESH_LEAD, 0);
  }

  space(slot: number): MemorySpace {
    return this.spaces[this.rows.get(slot, SPACE)] as MemorySpace;
  }

  key(slot: number): string {
    return (this.keys[pageOf(slot)] as string[])[placeOf(slot)] as string;
  }

  hash(slot: number): number {
    return this.rows.get(slot, HASH);
  }

  /** The value itself, which must not reach a reader when it {@link isCopied}. */
  value(slot: number): unknown {
    return (this.values[pageOf(slot)] as unknown[])[placeOf(slot)] ?? this.wake(slot);
  }

  /** The value as a promise, if a reader had it before; the same one for all readers. */
  knownPromise(slot: number): Promise<unknown> | undefined {
    return this.promises[pageOf(slot)]?.[placeOf(slot)];
  }

  /** The value as a promise. Not for values that are copied. */
  promise(slot: number): Promise<unknown> {
    const page = (this.promises[pageOf(slot)] ??= emptyPage(undefined));
    return (page[placeOf(slot)] ??= Promise.resolve(this.value(slot)));
  }

  isCopied(slot: number): boolean {
    return this.rows.hasFlag(slot, IS_COPIED);
  }

  /** Estimated size in memory. */
  bytes(slot: number): number {
    return this.rows.get(slot, BYTES);
  }

  /** Those of them that the engine's collections have to do with: next to none of a text that nobody has read yet. */
  heapBytes(slot: number): number {
    return this.rows.get(slot, TEXT) === NONE ? this.bytes(slot) : 0;
  }

  setBytes(slot: number, bytes: number): void {
    this.rows.set(slot, BYTES, bytes);
  }

  setCost(slot: number, cost: number): void {
    this.rows.setDouble(slot, COST, cost);
  }

  freshUntil(slot: number): number {
    return this.rows.getDouble(slot, FRESH_UNTIL);
  }

  staleUntil(slot: number): number {
    return this.rows.getDouble(slot, STALE_UNTIL);
  }

  /** From then on a read starts a refresh in the background. */
  refreshAt(slot: number): number {
    return this.freshUntil(slot) - this.rows.get(slot, REFRESH_LEAD);
  }

  /** What must still hold for it to be served. */
  stamp(slot: number): ValueStamp {
    return (this.stamps[pageOf(slot)] as ValueStamp[])[placeOf(slot)] as ValueStamp;
  }

  /** Which record in Redis it equals; empty when none. */
  version(slot: number): string {
    return this.versions[pageOf(slot)]?.[placeOf(slot)] ?? '';
  }

  /** Whether it was read since it was stored. */
  wasRead(slot: number): boolean {
    return this.rows.hasFlag(slot, WAS_READ);
  }

  /** Notes a read; returns the key's hash. */
  noteRead(slot: number): number {
    const page = this.rows.pageOf(slot);
    const row = rowOf(slot);
    const state = page[row + STATE] as number;
    if ((state & WAS_READ) === 0) page[row + STATE] = state | WAS_READ;
    return page[row + HASH] as number;
  }

  /** A value that was not found in its column: `null`, or a text that nobody has read yet. */
  private wake(slot: number): unknown {
    if (this.rows.get(slot, TEXT) === NONE) return null;
    const text = this.texts.take(slot);
    put(this.values, slot, text);
    return text;
  }

  private forgetPromise(slot: number): void {
    const page = this.promises[pageOf(slot)];
    if (page !== undefined) page[placeOf(slot)] = undefined;
  }

  private setVersion(slot: number, version: string): void {
    const number = pageOf(slot);
    if (version === '' && this.versions[number] === undefined) return;
    (this.versions[number] ??= emptyPage(''))[placeOf(slot)] = version;
  }
}

/** Whether no tag was invalidated since. */
export function hasCurrentTags({ tags, tagVersions }: ValueStamp): boolean {
  for (let index = 0; index < tags.length; index++) {
    if ((tags[index] as TagState).version !== tagVersions[index]) return false;
  }
  return true;
}

/** Slots are taken in their order, so that a page grows without gaps. */
function put<Item>(column: Column<Item>, slot: number, item: Item): void {
  (column[pageOf(slot)] ??= [])[placeOf(slot)] = item;
}

function emptyPage<Item>(item: Item): Item[] {
  return Array.from({ length: PAGE_ROWS }, () => item);
}
