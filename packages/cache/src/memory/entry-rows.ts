/** What stands for an entry where there is none. */
export const NONE = -1;

/** Fields that are doubles, by their place in a row. */
export const FRESH_UNTIL = 0;
export const STALE_UNTIL = 1;
export const COST = 2;

/** Fields that are integers of 32 bits, by their place in a row; the doubles take the first six. */
export const HASH = 6;
export const BYTES = 7;
export const PREVIOUS = 8;
export const NEXT = 9;
export const WHEEL_PREVIOUS = 10;
export const WHEEL_NEXT = 11;
export const SPACE = 12;
/** By how much before the end of its freshness a value is refreshed, in milliseconds. */
export const REFRESH_LEAD = 13;
/** Several small fields: the queue, the flags, and where the timer wheel has it. */
export const STATE = 14;
/** Where its text lies, if that is outside of the heap. */
export const TEXT = 15;

/** Which of the policy's lists an entry is on. */
export const QUEUE_MASK = 3;
export const IS_COPIED = 4;
export const WAS_READ = 8;
const FLAGS_MASK = IS_COPIED | WAS_READ;
const WHEEL_SHIFT = 4;

/** A row is 64 bytes, which is a line of the processor's cache. */
const ROW_SHIFT = 4;
const PAGE_SHIFT = 12;
/** A power of two. */
export const PAGE_ROWS: number = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_ROWS - 1;
const FIRST_ROWS = 64;
const ROW_BYTES = 64;

/** Where a slot lies. */
export function pageOf(slot: number): number {
  return slot >>> PAGE_SHIFT;
}

/** Its place within that page. */
export function placeOf(slot: number): number {
  return slot & PAGE_MASK;
}

/** Where the row of a slot begins within its page of integers. */
export function rowOf(slot: number): number {
  return (slot & PAGE_MASK) << ROW_SHIFT;
}

/**
 * Numbers of entries, one row of a typed array each, found by the entry's slot. As objects that point at each other
 * they took the engine's full collections four times as long to look through, which held up the event loop; of rows
 * the collector sees one object a page. Pages, because a single array would have to be copied as it grows.
 */
export class EntryRows {
  private readonly integers: Int32Array[] = [];
  private readonly doubles: Float64Array[] = [];
  private capacity = 0;
  /** Slots that were taken at least once. */
  private usedCount = 0;
  /** The first of the slots that are free again; they are linked by {@link NEXT}. */
  private firstFree = NONE;

  /** A free slot, its fields as its last user left them but for those that say that it is on no list. */
  take(): number {
    let slot = this.firstFree;
    if (slot === NONE) {
      if (this.usedCount === this.capacity) this.grow();
      slot = this.usedCount;
      this.usedCount += 1;
    } else this.firstFree = this.get(slot, NEXT);
    this.set(slot, STATE, 0);
    this.set(slot, TEXT, NONE);
    return slot;
  }

  /** Gives a slot back; it must be on no list any more. */
  release(slot: number): void {
    this.set(slot, NEXT, this.firstFree);
    this.firstFree = slot;
  }

  /** The page of a slot, for those who want several fields of one row: field `f` is at {@link rowOf} + `f`. */
  pageOf(slot: number): Int32Array {
    return this.integers[slot >>> PAGE_SHIFT] as Int32Array;
  }

  get(slot: number, field: number): number {
    return (this.integers[slot >>> PAGE_SHIFT] as Int32Array)[((slot & PAGE_MASK) << ROW_SHIFT) + field] as number;
  }

  set(slot: number, field: number, value: number): void {
    (this.integers[slot >>> PAGE_SHIFT] as Int32Array)[((slot & PAGE_MASK) << ROW_SHIFT) + field] = value;
  }

  getDouble(slot: number, field: number): number {
    const place = ((slot & PAGE_MASK) << (ROW_SHIFT - 1)) + field;
    return (this.doubles[slot >>> PAGE_SHIFT] as Float64Array)[place] as number;
  }

  setDouble(slot: number, field: number, value: number): void {
    const place = ((slot & PAGE_MASK) << (ROW_SHIFT - 1)) + field;
    (this.doubles[slot >>> PAGE_SHIFT] as Float64Array)[place] = value;
  }

  /** On which of its lists the policy has it. */
  getQueue(slot: number): number {
    return this.get(slot, STATE) & QUEUE_MASK;
  }

  setQueue(slot: number, queue: number): void {
    this.set(slot, STATE, (this.get(slot, STATE) & ~QUEUE_MASK) | queue);
  }

  hasFlag(slot: number, flag: number): boolean {
    return (this.get(slot, STATE) & flag) !== 0;
  }

  setFlag(slot: number, flag: number): void {
    this.set(slot, STATE, this.get(slot, STATE) | flag);
  }

  clearFlags(slot: number): void {
    this.set(slot, STATE, this.get(slot, STATE) & ~FLAGS_MASK);
  }

  /** Where the timer wheel has it; {@link NONE} when it has not. */
  getWheelSlot(slot: number): number {
    return (this.get(slot, STATE) >> WHEEL_SHIFT) - 1;
  }

  setWheelSlot(slot: number, wheelSlot: number): void {
    const others = QUEUE_MASK | FLAGS_MASK;
    this.set(slot, STATE, (this.get(slot, STATE) & others) | ((wheelSlot + 1) << WHEEL_SHIFT));
  }

  /** The first page grows as small caches do, until it is as large as those that follow. */
  private grow(): void {
    const former = this.capacity < PAGE_ROWS ? this.integers.pop() : undefined;
    if (former !== undefined) this.doubles.pop();
    const rows = this.capacity === 0 ? FIRST_ROWS : former === undefined ? PAGE_ROWS : this.capacity * 2;
    const page = new ArrayBuffer(rows * ROW_BYTES);
    const integers = new Int32Array(page);
    if (former !== undefined) integers.set(former);
    this.integers.push(integers);
    this.doubles.push(new Float64Array(page));
    this.capacity += former === undefined ? rows : rows - this.capacity;
  }
}
