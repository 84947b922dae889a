import { type EntryRows, NONE, STALE_UNTIL, WHEEL_NEXT, WHEEL_PREVIOUS } from './entry-rows.ts';

/** Each level is 64 slots; a slot of level n lasts 1.024 s x 64^n, so four levels reach half a year. */
const SLOT_BITS = [10, 16, 22, 28] as const;
const SLOTS = 64;

/**
 * Finds what has expired without looking at what has not: O(1) to add, move and remove.
 * After Varghese and Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987.
 */
export class TimerWheel {
  private readonly rows: EntryRows;
  /** The first entry of each of the wheel's slots. */
  private readonly firsts = new Int32Array(SLOT_BITS.length * SLOTS).fill(NONE);
  private now: number;

  constructor(rows: EntryRows, now: number) {
    this.rows = rows;
    this.now = Math.floor(now);
  }

  /** Puts an entry on the wheel, or moves it after its end has changed. */
  schedule(entry: number): void {
    const { rows, firsts } = this;
    this.remove(entry);
    const endsAt = rows.getDouble(entry, STALE_UNTIL);
    if (endsAt === Number.POSITIVE_INFINITY) return;
    const slot = this.findSlot(endsAt);
    const first = firsts[slot] as number;
    rows.setWheelSlot(entry, slot);
    rows.set(entry, WHEEL_PREVIOUS, NONE);
    rows.set(entry, WHEEL_NEXT, first);
    if (first !== NONE) rows.set(first, WHEEL_PREVIOUS, entry);
    firsts[slot] = entry;
  }

  /** Takes an entry off; does nothing when it is not on the wheel. */
  remove(entry: number): void {
    const { rows } = this;
    const slot = rows.getWheelSlot(entry);
    if (slot === NONE) return;
    const previous = rows.get(entry, WHEEL_PREVIOUS);
    const next = rows.get(entry, WHEEL_NEXT);
    if (previous === NONE) this.firsts[slot] = next;
    else rows.set(previous, WHEEL_NEXT, next);
    if (next !== NONE) rows.set(next, WHEEL_PREVIOUS, previous);
    rows.setWheelSlot(entry, NONE);
  }

  /**
   * Takes off what has ended by `now` and hands it to `onEnd`, at most about `limit` entries at once.
   * @returns whether it reached `now`; otherwise call again.
   */
  advance(now: number, limit: number, onEnd: (entry: number) => void): boolean {
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
    run: { readonly now: number; readonly target: number; readonly budget: number; onEnd: (entry: number) => void },
  ): number {
    let { budget } = run;
    const { rows } = this;
    let entry = this.firsts[slot] as number;
    while (entry !== NONE && budget > 0) {
      const next = rows.get(entry, WHEEL_NEXT);
      const endsAt = rows.getDouble(entry, STALE_UNTIL);
      if (endsAt <= run.now) {
        this.remove(entry);
        run.onEnd(entry);
      } else {
        const before = this.now;
        this.now = run.target;
        const better = this.findSlot(endsAt);
        if (better !== slot) this.schedule(entry);
        this.now = before;
      }
      budget -= 1;
      entry = next;
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
