import { FrequencySketch } from './frequency-sketch.ts';
import { LinkedList, type Linked } from './linked-list.ts';

/** Where a node stands. */
export const OUTSIDE = 0;
const WINDOW = 1;
const PROBATION = 2;
const PROTECTED = 3;

/** What the policy needs to know of an entry. */
export interface PolicyNode<Node> extends Linked<Node> {
  readonly hash: number;
  /** Its share of the capacity. */
  cost: number;
  /** Kept by the policy. */
  queue: number;
}

/** Why the policy let go of an entry: it was the victim, or it was not admitted. */
export type EvictionReason = 'size' | 'rejected';

/** How a policy is set up. */
export interface PolicyOptions<Node> {
  readonly capacity: number;
  /** Expected number of entries, for the sketch; it grows with their number. */
  readonly expectedEntries: number;
  readonly onEvict: (node: Node, reason: EvictionReason) => void;
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
export class WindowTinyLfu<Node extends PolicyNode<Node>> {
  private readonly window = new LinkedList<Node>();
  private readonly probation = new LinkedList<Node>();
  private readonly guarded = new LinkedList<Node>();
  private readonly sketch: FrequencySketch;
  private readonly onEvict: (node: Node, reason: EvictionReason) => void;
  private capacity: number;
  private windowCapacity: number;
  private targetWindow: number;
  private windowCost = 0;
  private probationCost = 0;
  private guardedCost = 0;
  private count = 0;

  constructor(options: PolicyOptions<Node>) {
    this.capacity = options.capacity;
    this.onEvict = options.onEvict;
    this.sketch = new FrequencySketch(options.expectedEntries);
    this.windowCapacity = Math.max(1, Math.floor(options.capacity * INITIAL_WINDOW_RATIO));
    this.targetWindow = this.windowCapacity;
  }

  /** Cost of all entries. */
  get cost(): number {
    return this.windowCost + this.probationCost + this.guardedCost;
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

  /** Takes in a new node; may evict others, or the node itself. */
  add(node: Node): void {
    this.count += 1;
    if (this.count > this.sketch.capacity) this.sketch.ensureCapacity(this.count * 2);
    this.sketch.increment(node.hash);
    node.queue = WINDOW;
    this.window.pushHead(node);
    this.windowCost += node.cost;
    if (this.windowCapacity !== this.targetWindow) this.drift();
    this.settle();
  }

  /** Notes a use of a node that is inside. */
  touch(node: Node): void {
    this.sketch.increment(node.hash);
    if (node.queue === WINDOW) this.window.moveToHead(node);
    else if (node.queue === PROTECTED) this.guarded.moveToHead(node);
    else if (node.queue === PROBATION) this.promote(node);
  }

  /** Gives a node that is inside a new cost. */
  setCost(node: Node, cost: number): void {
    const change = cost - node.cost;
    node.cost = cost;
    if (node.queue === WINDOW) this.windowCost += change;
    else if (node.queue === PROTECTED) this.guardedCost += change;
    else if (node.queue === PROBATION) this.probationCost += change;
    if (change > 0) this.settle();
  }

  /** Lets go of a node without calling `onEvict`. */
  remove(node: Node): void {
    if (node.queue === OUTSIDE) return;
    this.count -= 1;
    if (node.queue === WINDOW) {
      this.window.remove(node);
      this.windowCost -= node.cost;
    } else if (node.queue === PROTECTED) {
      this.guarded.remove(node);
      this.guardedCost -= node.cost;
    } else {
      this.probation.remove(node);
      this.probationCost -= node.cost;
    }
    node.queue = OUTSIDE;
  }

  private drift(): void {
    const step = Math.max(1, this.capacity * Math.max(DRIFT_RATIO, DRIFT_ENTRIES / this.count));
    const distance = this.targetWindow - this.windowCapacity;
    this.windowCapacity += Math.sign(distance) * Math.min(step, Math.abs(distance));
    this.rebalance();
  }

  private promote(node: Node): void {
    this.probation.remove(node);
    this.probationCost -= node.cost;
    node.queue = PROTECTED;
    this.guarded.pushHead(node);
    this.guardedCost += node.cost;
    this.demote();
  }

  private demote(): void {
    const limit = (this.capacity - this.windowCapacity) * PROTECTED_RATIO;
    while (this.guardedCost > limit) {
      const oldest = this.guarded.tail;
      if (oldest === undefined) return;
      this.guarded.remove(oldest);
      this.guardedCost -= oldest.cost;
      oldest.queue = PROBATION;
      this.probation.pushHead(oldest);
      this.probationCost += oldest.cost;
    }
  }

  /** Brings every part back within its bounds. */
  private settle(): void {
    while (this.windowCost > this.windowCapacity && this.cost > this.windowCapacity) {
      const candidate = this.window.tail;
      if (candidate === undefined) break;
      this.window.remove(candidate);
      this.windowCost -= candidate.cost;
      candidate.queue = PROBATION;
      this.probation.pushHead(candidate);
      this.probationCost += candidate.cost;
      if (this.cost > this.capacity) this.contest(candidate);
    }
    while (this.cost > this.capacity) {
      const victim = this.probation.tail ?? this.guarded.tail ?? this.window.tail;
      if (victim === undefined) return;
      this.evict(victim, 'size');
    }
  }

  /** Newcomer against victims: the one that is used more often stays. */
  private contest(candidate: Node): void {
    const frequency = this.sketch.frequency(candidate.hash);
    while (this.cost > this.capacity) {
      const victim = this.probation.tail === candidate ? this.guarded.tail : this.probation.tail;
      if (victim === undefined || frequency <= this.sketch.frequency(victim.hash)) {
        this.evict(candidate, 'rejected');
        return;
      }
      this.evict(victim, 'size');
    }
  }

  private evict(node: Node, reason: EvictionReason): void {
    this.remove(node);
    this.onEvict(node, reason);
  }

  /** Moves nodes between window and main part after their shares have changed. */
  private rebalance(): void {
    this.demote();
    while (this.windowCost > this.windowCapacity) {
      const oldest = this.window.tail;
      if (oldest === undefined) return;
      this.window.remove(oldest);
      this.windowCost -= oldest.cost;
      oldest.queue = PROBATION;
      this.probation.pushHead(oldest);
      this.probationCost += oldest.cost;
    }
    for (;;) {
      const node = this.probation.tail;
      if (node === undefined || this.windowCost + node.cost > this.windowCapacity) return;
      this.probation.remove(node);
      this.probationCost -= node.cost;
      node.queue = WINDOW;
      this.window.pushTail(node);
      this.windowCost += node.cost;
    }
  }
}
