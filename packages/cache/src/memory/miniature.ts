import { COST, EntryRows, HASH } from './entry-rows.ts';
import { WindowTinyLfu } from './window-tiny-lfu.ts';

/** A cache that holds nothing: it tells what the policy would have kept. A key's hash stands for the key. */
export class Miniature {
  readonly policy: WindowTinyLfu;
  private readonly rows = new EntryRows();
  private readonly slots = new Map<number, number>();

  /** @param capacity Its number of entries. */
  constructor(capacity: number) {
    this.policy = new WindowTinyLfu({
      rows: this.rows,
      capacity,
      expectedEntries: capacity,
      onEvict: (slot) => {
        this.slots.delete(this.rows.get(slot, HASH));
        this.rows.release(slot);
      },
    });
  }

  /** Its number of entries. */
  get size(): number {
    return this.slots.size;
  }

  /** Whether a request would have been a hit; otherwise its key is taken in. */
  request(hash: number): boolean {
    const known = this.slots.get(hash);
    if (known !== undefined) {
      this.policy.touch(known);
      return true;
    }
    const slot = this.rows.take();
    this.rows.set(slot, HASH, hash);
    this.rows.setDouble(slot, COST, 1);
    this.slots.set(hash, slot);
    this.policy.add(slot);
    return false;
  }
}
