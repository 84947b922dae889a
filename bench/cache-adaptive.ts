import { Miniature } from '../packages/cache/src/memory/miniature.ts';
import { WindowChooser } from '../packages/cache/src/memory/window-chooser.ts';

/** Replays with the policy that the memory tier uses, chooser included. */
export function replayAdaptive(keys: Int32Array, size: number): number {
  const cache = new Miniature(size);
  const chooser = new WindowChooser(size);
  let hits = 0;
  for (const key of keys) {
    // No two keys have one hash.
    const hash = mix(key);
    const ratio = chooser.record(hash);
    if (ratio !== undefined) cache.policy.driftTo(ratio);
    if (cache.request(hash)) hits += 1;
  }
  return hits / keys.length;
}

/** A hash of a numbered key. */
export function mix(key: number): number {
  let hash = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
