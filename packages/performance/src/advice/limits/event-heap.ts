/** Things that happen at given times, the earliest first; those of one time in the order in which they were added. */
export interface EventHeap<Event> {
  push(at: number, event: Event): void;
  pop(): { readonly at: number; readonly event: Event } | undefined;
}

interface Node<Event> {
  readonly at: number;
  readonly order: number;
  readonly event: Event;
}

/** Creates an empty heap. O(log n) each way. */
export function createEventHeap<Event>(): EventHeap<Event> {
  const nodes: Node<Event>[] = [];
  let added = 0;
  const isBefore = (one: Node<Event> | undefined, other: Node<Event> | undefined): boolean =>
    one !== undefined && (other === undefined || one.at < other.at || (one.at === other.at && one.order < other.order));
  const swap = (i: number, j: number): void => {
    const [a, b] = [nodes[i], nodes[j]];
    if (a !== undefined && b !== undefined) [nodes[i], nodes[j]] = [b, a];
  };
  return {
    push(at, event) {
      nodes.push({ at, order: added++, event });
      for (let child = nodes.length - 1; child > 0;) {
        const parent = (child - 1) >> 1;
        if (!isBefore(nodes[child], nodes[parent])) break;
        swap(child, parent);
        child = parent;
      }
    },
    pop() {
      const [first] = nodes;
      const last = nodes.pop();
      if (first === undefined || last === undefined) return undefined;
      if (nodes.length > 0) nodes[0] = last;
      for (let parent = 0; ;) {
        const left = 2 * parent + 1;
        const least = isBefore(nodes[left + 1], nodes[left]) ? left + 1 : left;
        if (!isBefore(nodes[least], nodes[parent])) break;
        swap(parent, least);
        parent = least;
      }
      return { at: first.at, event: first.event };
    },
  };
}
