import { LinkedList } from './linked-list.ts';
import type { Trace } from './cache-traces.ts';

/** Replays a trace at a size; returns hits over requests. */
export type Replay = (keys: Int32Array, size: number) => number;

/** Least recently used: what every cache package of Node uses. */
export function replayLru(keys: Int32Array, size: number): number {
  const cached = new Map<number, true>();
  let hits = 0;
  for (const key of keys) {
    if (cached.delete(key)) hits += 1;
    else if (cached.size >= size) cached.delete(cached.keys().next().value as number);
    cached.set(key, true);
  }
  return hits / keys.length;
}

/** Zhang, Yang, Yue, Vigfusson, Rashmi, SIEVE is Simpler than LRU, NSDI 2024. */
export function replaySieve(keys: Int32Array, size: number): number {
  interface Node {
    key: number;
    isVisited: boolean;
    previous: Node | undefined;
    next: Node | undefined;
  }
  const list = new LinkedList<Node>();
  const cached = new Map<number, Node>();
  let hand: Node | undefined;
  let hits = 0;
  for (const key of keys) {
    const known = cached.get(key);
    if (known !== undefined) {
      known.isVisited = true;
      hits += 1;
      continue;
    }
    if (cached.size >= size) {
      let victim = hand ?? list.tail;
      while (victim?.isVisited === true) {
        victim.isVisited = false;
        victim = victim.previous ?? list.tail;
      }
      if (victim !== undefined) {
        hand = victim.previous;
        list.remove(victim);
        cached.delete(victim.key);
      }
    }
    const node = { key, isVisited: false, previous: undefined, next: undefined };
    list.pushHead(node);
    cached.set(key, node);
  }
  return hits / keys.length;
}

/** Yang, Zhang, Qiu, Yue, Rashmi, FIFO queues are all you need for cache eviction, SOSP 2023. */
export function replayS3Fifo(keys: Int32Array, size: number): number {
  const smallSize = Math.max(1, Math.floor(size / 10));
  const mainSize = size - smallSize;
  const small = new Map<number, number>();
  const main = new Map<number, number>();
  const ghost = new Map<number, true>();
  let hits = 0;
  const first = (queue: Map<number, unknown>): number => queue.keys().next().value as number;
  const evictMain = (): void => {
    for (;;) {
      const key = first(main);
      const uses = main.get(key) as number;
      main.delete(key);
      if (uses === 0) return;
      main.set(key, uses - 1);
    }
  };
  const evictSmall = (): void => {
    while (small.size > 0) {
      const key = first(small);
      const uses = small.get(key) as number;
      small.delete(key);
      if (uses > 1) {
        if (main.size >= mainSize) evictMain();
        main.set(key, 0);
        continue;
      }
      if (ghost.size >= mainSize) ghost.delete(first(ghost));
      ghost.set(key, true);
      return;
    }
  };
  for (const key of keys) {
    const queue = small.has(key) ? small : main.has(key) ? main : undefined;
    if (queue !== undefined) {
      hits += 1;
      queue.set(key, Math.min(3, (queue.get(key) as number) + 1));
      continue;
    }
    if (small.size + main.size >= size) {
      if (small.size >= smallSize || main.size === 0) evictSmall();
      else evictMain();
    }
    if (ghost.delete(key)) {
      if (main.size >= mainSize) evictMain();
      main.set(key, 0);
    } else small.set(key, 0);
  }
  return hits / keys.length;
}

/** Megiddo, Modha, ARC: A Self-Tuning, Low Overhead Replacement Cache, FAST 2003. */
export function replayArc(keys: Int32Array, size: number): number {
  const t1 = new Map<number, true>();
  const t2 = new Map<number, true>();
  const b1 = new Map<number, true>();
  const b2 = new Map<number, true>();
  let target = 0;
  let hits = 0;
  const dropFirst = (queue: Map<number, true>): number => {
    const key = queue.keys().next().value as number;
    queue.delete(key);
    return key;
  };
  const replace = (isInB2: boolean): void => {
    if (t1.size > 0 && (t1.size > target || (isInB2 && t1.size === target))) b1.set(dropFirst(t1), true);
    else if (t2.size > 0) b2.set(dropFirst(t2), true);
    else b1.set(dropFirst(t1), true);
  };
  for (const key of keys) {
    if (t1.delete(key) || t2.delete(key)) {
      hits += 1;
      t2.set(key, true);
    } else if (b1.has(key)) {
      target = Math.min(size, target + Math.max(1, b2.size / b1.size));
      replace(false);
      b1.delete(key);
      t2.set(key, true);
    } else if (b2.has(key)) {
      target = Math.max(0, target - Math.max(1, b1.size / b2.size));
      replace(true);
      b2.delete(key);
      t2.set(key, true);
    } else {
      if (t1.size + b1.size === size) {
        if (t1.size < size) {
          dropFirst(b1);
          replace(false);
        } else dropFirst(t1);
      } else if (t1.size + t2.size + b1.size + b2.size >= size) {
        if (t1.size + t2.size + b1.size + b2.size >= 2 * size) dropFirst(b2);
        replace(false);
      }
      t1.set(key, true);
    }
  }
  return hits / keys.length;
}

/** Belady's optimum, A study of replacement algorithms for a virtual-storage computer, 1966: knows the future. */
export function replayOptimum(keys: Int32Array, size: number): number {
  const nextUse = new Int32Array(keys.length);
  const last = new Map<number, number>();
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as number;
    nextUse[index] = last.get(key) ?? 0x7fffffff;
    last.set(key, index);
  }
  const cached = new Map<number, number>();
  const heap = new FarthestFirst();
  let hits = 0;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as number;
    const next = nextUse[index] as number;
    if (cached.has(key)) hits += 1;
    else if (cached.size >= size) {
      for (;;) {
        const [use, victim] = heap.pop();
        if (cached.get(victim) !== use) continue;
        cached.delete(victim);
        break;
      }
    }
    cached.set(key, next);
    heap.push(next, key);
  }
  return hits / keys.length;
}

class FarthestFirst {
  private readonly items: [use: number, key: number][] = [];

  push(use: number, key: number): void {
    const { items } = this;
    let index = items.length;
    items.push([use, key]);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((items[parent] as [number, number])[0] >= use) break;
      items[index] = items[parent] as [number, number];
      index = parent;
    }
    items[index] = [use, key];
  }

  pop(): [use: number, key: number] {
    const { items } = this;
    const top = items[0] as [number, number];
    const moved = items.pop() as [number, number];
    if (items.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right !== undefined && right[0] > (items[child] as [number, number])[0]) child += 1;
      if ((items[child] as [number, number])[0] <= moved[0]) break;
      items[index] = items[child] as [number, number];
      index = child;
    }
    items[index] = moved;
    return top;
  }
}

/** One measured cell. */
export interface Cell {
  readonly trace: string;
  readonly size: number;
  readonly hitPercent: Readonly<Record<string, number>>;
}

/** Replays every trace at every size with every policy. */
export function replayAll(traces: readonly Trace[], policies: Readonly<Record<string, Replay>>): Cell[] {
  return traces.flatMap((trace) =>
    trace.sizes.map((size) => ({
      trace: trace.name,
      size,
      hitPercent: Object.fromEntries(
        Object.entries(policies).map(([name, replay]) => [name, Math.round(replay(trace.keys, size) * 10_000) / 100]),
      ),
    })),
  );
}
