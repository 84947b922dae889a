import { COST, type EntryRows, NEXT, NONE, PREVIOUS, rowOf } from './entry-rows.ts';

/** A doubly linked list of slots through their rows: the head is the most recent, the tail the oldest. A slot is in one list. */
export class SlotList {
  private readonly rows: EntryRows;
  private readonly queue: number;
  /** {@link NONE} when it is empty. */
  tail: number = NONE;
  /** The sum of what its entries cost. */
  cost = 0;
  private head: number = NONE;

  /** @param queue What the rows of its entries are marked with. */
  constructor(rows: EntryRows, queue: number) {
    this.rows = rows;
    this.queue = queue;
  }

  pushHead(slot: number): void {
    const { head } = this;
    this.enter(slot, NONE, head);
    if (head === NONE) this.tail = slot;
    else this.rows.set(head, PREVIOUS, slot);
    this.head = slot;
  }

  pushTail(slot: number): void {
    const { tail } = this;
    this.enter(slot, tail, NONE);
    if (tail === NONE) this.head = slot;
    else this.rows.set(tail, NEXT, slot);
    this.tail = slot;
  }

  /** Its mark stays until another list or the caller changes it. */
  remove(slot: number): void {
    const { rows } = this;
    const previous = rows.get(slot, PREVIOUS);
    const next = rows.get(slot, NEXT);
    if (previous === NONE) this.head = next;
    else rows.set(previous, NEXT, next);
    if (next === NONE) this.tail = previous;
    else rows.set(next, PREVIOUS, previous);
    this.cost -= rows.getDouble(slot, COST);
  }

  moveToHead(slot: number): void {
    const { rows, head } = this;
    if (head === slot) return;
    // The one that is done at nearly every hit.
    const page = rows.pageOf(slot);
    const row = rowOf(slot);
    const previous = page[row + PREVIOUS] as number;
    const next = page[row + NEXT] as number;
    page[row + PREVIOUS] = NONE;
    page[row + NEXT] = head;
    rows.set(previous, NEXT, next);
    if (next === NONE) this.tail = previous;
    else rows.set(next, PREVIOUS, previous);
    rows.set(head, PREVIOUS, slot);
    this.head = slot;
  }

  private enter(slot: number, previous: number, next: number): void {
    const { rows } = this;
    rows.set(slot, PREVIOUS, previous);
    rows.set(slot, NEXT, next);
    rows.setQueue(slot, this.queue);
    this.cost += rows.getDouble(slot, COST);
  }
}
