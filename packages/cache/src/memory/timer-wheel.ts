/** What a node must have to be on a {@link TimerWheel}. */
export interface Timed<Node> {
  /** When it ends, on the wheel's clock, in milliseconds. */
  endsAt: number;
  /** Kept by the wheel. */
  wheelPrevious: Node | undefined;
  wheelNext: Node | undefined;
  wheelSlot: number;
}

/** Each level is 64 slots; a slot of level n lasts 1.024 s x 64^n, so four levels reach half a year. */
const SLOT_BITS = [10, 16, 22, 28] as const;
const SLOTS = 64;
const NOWHERE = -1;

/**
 * Finds what has expired without looking at what has not: O(1) to add, move and remove.
 * After Varghese and Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987.
 */
export class TimerWheel<Node extends Timed<Node>> {
  private readonly slots: (Node | undefined)[] = Array.from({ length: SLOT_BITS.length * SLOTS }, () => undefined);
  private now: number;

  constructor(now: number) {
    this.now = Math.floor(now);
  }

  /** Puts a node on the wheel, or moves it after `endsAt` has changed. */
  schedule(node: Node): void {
    if (node.wheelSlot !== NOWHERE) this.remove(node);
    if (node.endsAt === Number.POSITIVE_INFINITY) return;
    const slot = this.findSlot(node.endsAt);
    const first = this.slots[slot];
    node.wheelSlot = slot;
    node.wheelPrevious = undefined;
    node.wheelNext = first;
    if (first !== undefined) first.wheelPrevious = node;
    this.slots[slot] = node;
  }

  remove(node: Node): void {
    if (node.wheelSlot === NOWHERE) return;
    const { wheelPrevious: previous, wheelNext: next } = node;
    if (previous === undefined) this.slots[node.wheelSlot] = next;
    else previous.wheelNext = next;
    if (next !== undefined) next.wheelPrevious = previous;
    node.wheelPrevious = undefined;
    node.wheelNext = undefined;
    node.wheelSlot = NOWHERE;
  }

  /**
   * Takes off what has ended by `now` and hands it to `onEnd`, at most about `limit` nodes at once.
   * @returns whether it reached `now`; otherwise call again.
   */
  advance(now: number, limit: number, onEnd: (node: Node) => void): boolean {
    let budget = limit;
    const target = Math.floor(now);
    for (let level = SLOT_BITS.length - 1; level >= 0; level--) {
      const bits = SLOT_BITS[level] as number;
      const from = Math.floor(this.now / 2 ** bits);
      const steps = Math.min(Math.floor(target / 2 ** bits) - from, SLOTS - 1);
      for (let step = 0; step <= steps; step++) {
        // The slot of the present moment is looked through only on the finest level.
        if (step === 0 && level > 0 && steps === 0) break;
        budget = this.drain(level * SLOTS + ((from + step) % SLOTS), { now, target, budget, onEnd });
        if (budget <= 0) return false;
      }
    }
    this.now = target;
    return true;
  }

  private drain(
    slot: number,
    run: { readonly now: number; readonly target: number; readonly budget: number; onEnd: (node: Node) => void },
  ): number {
    let { budget } = run;
    let node = this.slots[slot];
    while (node !== undefined && budget > 0) {
      const next: Node | undefined = node.wheelNext;
      if (node.endsAt <= run.now) {
        this.remove(node);
        run.onEnd(node);
      } else {
        const before = this.now;
        this.now = run.target;
        const better = this.findSlot(node.endsAt);
        if (better !== slot) this.schedule(node);
        this.now = before;
      }
      budget -= 1;
      node = next;
    }
    return budget;
  }

  private findSlot(endsAt: number): number {
    const end = Math.max(Math.floor(endsAt), this.now);
    for (let level = 0; level < SLOT_BITS.length; level++) {
      const bits = SLOT_BITS[level] as number;
      const distance = Math.floor(end / 2 ** bits) - Math.floor(this.now / 2 ** bits);
      if (distance < SLOTS) return level * SLOTS + (Math.floor(end / 2 ** bits) % SLOTS);
    }
    // Beyond the last level: the farthest slot; it is looked at again when its time comes.
    const last = SLOT_BITS.length - 1;
    const farthest = Math.floor(this.now / 2 ** (SLOT_BITS[last] as number)) + SLOTS - 1;
    return last * SLOTS + (farthest % SLOTS);
  }
}
