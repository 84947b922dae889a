import { FrequencySketch } from './frequency-sketch.ts';
import { COST, type EntryRows, HASH, NONE, QUEUE_MASK, rowOf, STATE } from './entry-rows.ts';
import { SlotList } from './slot-list.ts';

/** Where an entry stands. */
export const OUTSIDE = 0;
const WINDOW = 1;
const PROBATION = 2;
const PROTECTED = 3;

/** Why the policy let go of an entry: it was the victim, or it was not admitted. */
export type EvictionReason = 'size' | 'rejected';

/** How a policy is set up. */
export interface PolicyOptions {
  /** Where entries have their hash, their cost and their links. */
  readonly rows: EntryRows;
  readonly capacity: number;
  /** Expected number of entries, for the sketch; it grows with their number. */
  readonly expectedEntries: number;
  readonly onEvict: (entry: number, reason: EvictionReason) => void;
}

const INITIAL_WINDOW_RATIO = 0.01;
const PROTECTED_RATIO = 0.8;
/**
 * How far the window's share moves with each addition: by about so many entries, which takes a tenth of a millisecond,
 * and by that share at least. A share that is late is worth little, so that small caches move at once.
 */
const DRIFT_ENTRIES = 4_096;
const DRIFT_RATIO = 0.005;

/**
 * Decides what stays: W-TinyLFU (Einziger, Friedman, Manes, TinyLFU, 2017, section 4): a recency window in front of a
 * segmented LRU that admits by frequency. Synchronous; every operation is O(1) amortised.
 */
export class WindowTinyLfu {
  private readonly rows: EntryRows;
  private readonly window: SlotList;
  private readonly probation: SlotList;
  private readonly guarded: SlotList;
  private readonly sketch: FrequencySketch;
  private readonly onEvict: (entry: number, reason: EvictionReason) => void;
  private capacity: number;
  private windowCapacity: number;
  private targetWindow: number;
  private count = 0;

  constructor(options: PolicyOptions) {
    const { rows } = options;
    this.rows = rows;
    this.window = new SlotList(rows, WINDOW);
    this.probation = new SlotList(rows, PROBATION);
    this.guarded = new SlotList(rows, PROTECTED);
    this.capacity = options.capacity;
    this.onEvict = options.onEvict;
    this.sketch = new FrequencySketch(options.expectedEntries);
    this.windowCapacity = Math.max(1, Math.floor(options.capacity * INITIAL_WINDOW_RATIO));
    this.targetWindow = this.windowCapacity;
  }

  /** Cost of all entries. */
  get cost(): number {
    return this.window.cost + this.probation.cost + this.guarded.cost;
  }

  /** The share of the capacity that serves recency, 0..1. */
  get windowRatio(): number {
    return this.windowCapacity / this.capacity;
  }

  /** Changes the share that serves recency, at once. O(entries). */
  setWindowRatio(ratio: number): void {
    this.driftTo(ratio);
    this.windowCapacity = this.targetWindow;
    this.rebalance();
  }

  /** Changes the share that serves recency little by little with the next additions, so that none of them is slow. */
  driftTo(ratio: number): void {
    this.targetWindow = Math.max(1, Math.floor(this.capacity * ratio));
  }

  /** Changes the capacity, evicting when it shrinks. */
  setCapacity(capacity: number): void {
    const ratio = this.windowRatio;
    this.capacity = capacity;
    this.setWindowRatio(ratio);
    this.settle();
  }

  /** Takes in a new entry; may evict others, or the entry itself. */
  add(entry: number): void {
    this.count += 1;
    if (this.count > this.sketch.capacity) this.sketch.ensureCapacity(this.count * 2);
    this.sketch.increment(this.rows.get(entry, HASH));
    this.window.pushHead(entry);
    if (this.windowCapacity !== this.targetWindow) this.drift();
    this.settle();
  }

  /** Notes a use of an entry that is inside. */
  touch(entry: number): void {
    const page = this.rows.pageOf(entry);
    const row = rowOf(entry);
    this.sketch.increment(page[row + HASH] as number);
    const queue = (page[row + STATE] as number) & QUEUE_MASK;
    if (queue === WINDOW) this.window.moveToHead(entry);
    else if (queue === PROTECTED) this.guarded.moveToHead(entry);
    else if (queue === PROBATION) this.promote(entry);
  }

  /** Gives an entry that is inside a new cost. */
  setCost(entry: number, cost: number): void {
    const change = cost - this.rows.getDouble(entry, COST);
    this.rows.setDouble(entry, COST, cost);
    const list = this.listOf(entry);
    if (list !== undefined) list.cost += change;
    if (change > 0) this.settle();
  }

  /** Lets go of an entry without calling `onEvict`. */
  remove(entry: number): void {
    const list = this.listOf(entry);
    if (list === undefined) return;
    this.count -= 1;
    list.remove(entry);
    this.rows.setQueue(entry, OUTSIDE);
  }

  private listOf(entry: number): SlotList | undefined {
    const queue = this.rows.getQueue(entry);
    if (queue === OUTSIDE) return undefined;
    return queue === WINDOW ? this.window : queue === PROTECTED ? this.guarded : this.probation;
  }

  private drift(): void {
    const step = Math.max(1, this.capacity * Math.max(DRIFT_RATIO, DRIFT_ENTRIES / this.count));
    const distance = this.targetWindow - this.windowCapacity;
    this.windowCapacity += Math.sign(distance) * Math.min(step, Math.abs(distance));
    this.rebalance();
  }

  private promote(entry: number): void {
    this.probation.remove(entry);
    this.guarded.pushHead(entry);
    this.demote();
  }

  private demote(): void {
    const limit = (this.capacity - this.windowCapacity) * PROTECTED_RATIO;
    while (this.guarded.cost > limit) {
      const oldest = this.guarded.tail;
      if (oldest === NONE) return;
      this.guarded.remove(oldest);
      this.probation.pushHead(oldest);
    }
  }

  /** Brings every part back within its bounds. */
  private settle(): void {
    while (this.window.cost > this.windowCapacity && this.cost > this.windowCapacity) {
      const candidate = this.window.tail;
      if (candidate === NONE) break;
      this.window.remove(candidate);
      this.probation.pushHead(candidate);
      if (this.cost > this.capacity) this.contest(candidate);
    }
    while (this.cost > this.capacity) {
      const victim = this.findVictim();
      if (victim === NONE) return;
      this.evict(victim, 'size');
    }
  }

  private findVictim(): number {
    if (this.probation.tail !== NONE) return this.probation.tail;
    return this.guarded.tail === NONE ? this.window.tail : this.guarded.tail;
  }

  /** Newcomer against victims: the one that is used more often stays. */
  private contest(candidate: number): void {
    const frequency = this.sketch.frequency(this.rows.get(candidate, HASH));
    while (this.cost > this.capacity) {
      const victim = this.probation.tail === candidate ? this.guarded.tail : this.probation.tail;
      if (victim === NONE || frequency <= this.sketch.frequency(this.rows.get(victim, HASH))) {
        this.evict(candidate, 'rejected');
        return;
      }
      this.evict(victim, 'size');
    }
  }

  private evict(entry: number, reason: EvictionReason): void {
    this.remove(entry);
    this.onEvict(entry, reason);
  }

  /** Moves entries between window and main part after their shares have changed. */
  private rebalance(): void {
    this.demote();
    while (this.window.cost > this.windowCapacity) {
      const oldest = this.window.tail;
      if (oldest === NONE) return;
      this.window.remove(oldest);
      this.probation.pushHead(oldest);
    }
    for (;;) {
      const entry = this.probation.tail;
      if (entry === NONE || this.window.cost + this.rows.getDouble(entry, COST) > this.windowCapacity) return;
      this.probation.remove(entry);
      this.window.pushTail(entry);
    }
  }
}
