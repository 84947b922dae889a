/** What a node must have to be in a {@link LinkedList}: links of its own, so that moving it allocates nothing. */
export interface Linked<Node> {
  previous: Node | undefined;
  next: Node | undefined;
}

/** A doubly linked list through its nodes: the head is the most recent, the tail the oldest. A node is in one list. */
export class LinkedList<Node extends Linked<Node>> {
  head: Node | undefined;
  tail: Node | undefined;

  pushHead(node: Node): void {
    node.previous = undefined;
    node.next = this.head;
    if (this.head === undefined) this.tail = node;
    else this.head.previous = node;
    this.head = node;
  }

  pushTail(node: Node): void {
    node.next = undefined;
    node.previous = this.tail;
    if (this.tail === undefined) this.head = node;
    else this.tail.next = node;
    this.tail = node;
  }

  remove(node: Node): void {
    const { previous, next } = node;
    if (previous === undefined) this.head = next;
    else previous.next = next;
    if (next === undefined) this.tail = previous;
    else next.previous = previous;
    node.previous = undefined;
    node.next = undefined;
  }

  moveToHead(node: Node): void {
    if (this.head === node) return;
    this.remove(node);
    this.pushHead(node);
  }
}
