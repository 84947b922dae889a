import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

/** Reads how much the heap holds, in bytes. */
export interface HeapGauge {
  /** All objects, dead ones too, and buffers outside of the heap. */
  usedBytes(): number;
  /** The old generation: a full collection leaves nothing in the young one. */
  oldBytes(): number;
  /** What the last full collection has left, buffers included, and what has come to the old generation since. */
  survivingBytes(): number;
}

/** Reads V8's own figures; 15 us at a time. */
export const engineHeap: HeapGauge = {
  usedBytes() {
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    return used + external;
  },
  oldBytes() {
    let bytes = 0;
    for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics())
      if (!name.startsWith('new_')) bytes += used;
    return bytes;
  },
  survivingBytes: () => engineHeap.oldBytes() + getHeapStatistics().external_memory,
};
