import { WindowChooser } from '../packages/cache/src/memory/window-chooser.ts';
import { WindowTinyLfu } from '../packages/cache/src/memory/window-tiny-lfu.ts';

interface Node {
  readonly key: number;
  readonly hash: number;
  cost: number;
  queue: number;
  previous: Node | undefined;
  next: Node | undefined;
}

/** Replays with the policy that the memory tier uses, chooser included. */
export function replayAdaptive(keys: Int32Array, size: number): number {
  const cached = new Map<number, Node>();
  const policy = new WindowTinyLfu<Node>({
    capacity: size,
    expectedEntries: size,
    onEvict: (node) => void cached.delete(node.key),
  });
  const chooser = new WindowChooser(size);
  let hits = 0;
  for (const key of keys) {
    const hash = mix(key);
    const ratio = chooser.record(hash);
    if (ratio !== undefined) policy.driftTo(ratio);
    const known = cached.get(key);
    if (known !== undefined) {
      hits += 1;
      policy.touch(known);
      continue;
    }
    const node: Node = { key, hash, cost: 1, queue: 0, previous: undefined, next: undefined };
    cached.set(key, node);
    policy.add(node);
  }
  return hits / keys.length;
}

/** A hash of a numbered key. */
export function mix(key: number): number {
  let hash = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
