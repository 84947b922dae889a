const MIX = 0x9e3779b1;

/** One more than the largest mixed hash. */
export const HASH_RANGE = 0x1_0000_0000;

/** Mixes a key's hash, so that comparing it with a limit picks a share of the keys. 0 to {@link HASH_RANGE} - 1. */
export function mixForSample(hash: number): number {
  return Math.imul(hash, MIX) >>> 0;
}
