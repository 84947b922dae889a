import { findEngineCollect, systemClock } from '@dataguardian/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { createCollectionWatch, type Collection } from '../src/memory/collections.ts';
import { engineHeap } from '../src/memory/heap-gauge.ts';
import { createMemoryWatch, type HeapSampling, type MemoryWatch } from '../src/memory/memory-watch.ts';
import { createSourceCode } from '../src/sampling/source-code.ts';

const WINDOW_MS = 1_000;
const MANY = 100;
const BUSY = 0.9;
const QUIET = 0.1;
const MIB = 1024 * 1024;

let watch: MemoryWatch | undefined;
afterEach(() => watch?.stop());

/** A memory watch over a heap that a test sets, whose time passes by windows with many small collections in each. */
function watchOf(sampling: HeapSampling) {
  let nowMs = 0;
  let isOn = false;
  let tell: (collections: readonly Collection[]) => void = () => undefined;
  const collections = createCollectionWatch((listener) => {
    tell = listener;
    return { resume: () => (isOn = true), pause: () => (isOn = false) };
  });
  const clock = { ...systemClock, now: () => nowMs, monotonic: () => nowMs };
  const heap = { youngBytes: 8 * MIB, oldBytes: 20 * MIB };
  const memory = createMemoryWatch(clock, createSourceCode(), collections, sampling, {
    usedBytes: () => heap.youngBytes + heap.oldBytes,
    oldBytes: () => heap.oldBytes,
    survivingBytes: () => heap.oldBytes,
  });
  watch = memory;
  memory.start();
  const passSeconds = (count: number, busyRatio: number): void => {
    for (let second = 0; second < count; second++) {
      nowMs += WINDOW_MS;
      if (isOn) tell(Array.from({ length: MANY }, () => ({ durationMs: 1, isFull: false })));
      collections.take(WINDOW_MS);
      memory.observe(busyRatio);
    }
  };
  /** A full collection takes so much; it is heard of only while the watch looks. */
  const collectFully = (bytes: number): void => {
    heap.oldBytes -= bytes;
    if (isOn) tell([{ durationMs: 5, isFull: true }]);
  };
  return { memory, collections, heap, collectFully, passSeconds };
}

describe('the watch over memory', () => {
  it('reads the heap after a full collection that it did not hear of', () => {
    const { memory, collections, heap, collectFully, passSeconds } = watchOf('off');
    passSeconds(35, BUSY);
    expect(collections.isLooking).toBe(false);
    heap.oldBytes += 4 * MIB;
    passSeconds(1, BUSY);
    expect(memory.state().trend.readingCount).toBe(0);
    collectFully(3 * MIB);
    passSeconds(1, BUSY);
    expect(memory.state().trend.readingCount).toBe(1);
    // An array was cut.
    heap.oldBytes -= 0.1 * MIB;
    passSeconds(1, BUSY);
    expect(memory.state().trend.readingCount).toBe(1);
  });

  it('tells a heap that grows, at first from such readings', () => {
    const { memory, heap, collectFully, passSeconds } = watchOf('off');
    passSeconds(31, BUSY);
    for (let round = 0; round < 20; round++) {
      heap.oldBytes += 4 * MIB;
      passSeconds(15, BUSY);
      collectFully(3 * MIB);
      passSeconds(15, BUSY);
    }
    expect(memory.state().trend).toMatchObject({ isGrowing: true });
    expect(memory.state().trend.bytesPerMinute / MIB).toBeCloseTo(2, 1);
  });

  const STEP_SECONDS = 5;

  /** Runs a busy program in which so much lives; tells when it was asked for collections, and when growth was told. */
  async function follow(seconds: number, livingBytes: (second: number) => number) {
    const { memory, heap, passSeconds } = watchOf('on-suspicion');
    const askedAt: number[] = [];
    for (let second = STEP_SECONDS; second <= seconds; second += STEP_SECONDS) {
      // What dies old, and now and then a collection of the engine's own, in which some that are dead count as living.
      heap.oldBytes += 0.5 * MIB;
      if (second % 45 === 0) heap.oldBytes = livingBytes(second) + ((second / 5) % 4) * MIB;
      passSeconds(STEP_SECONDS, BUSY);
      const { askedCollectionCount, trend } = memory.state();
      if (askedCollectionCount > askedAt.length) {
        askedAt.push(second);
        heap.oldBytes = livingBytes(second);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (trend.isGrowing) return { askedAt, toldAfter: second, trend };
    }
    return { askedAt, toldAfter: undefined, trend: memory.state().trend };
  }

  it('tells a leak of 1 MB a minute within ten minutes, though most of what it hears of is inexact', async () => {
    const { toldAfter, trend } = await follow(600, (second) => 20 * MIB + (second / 60) * MIB);
    expect(toldAfter).toBeGreaterThan(240);
    expect(toldAfter).toBeLessThan(600);
    expect(trend.bytesPerMinute / MIB).toBeCloseTo(1, 1);
  });

  it('asks ever more seldom while nothing grows', async () => {
    const { askedAt, toldAfter } = await follow(7_200, () => 20 * MIB);
    expect(toldAfter).toBeUndefined();
    expect(askedAt.slice(0, 2)).toEqual([100, 160]);
    const distances = askedAt.slice(2).map((at, index) => at - (askedAt[index + 1] ?? 0));
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(distances.at(-1)).toBeGreaterThan(1_000);
  });

  it.each([
    { load: 'quiet', busyRatio: QUIET, seconds: 40 },
    { load: 'busy', busyRatio: BUSY, seconds: 100 },
  ])('asks for one after $seconds $load seconds without any', ({ busyRatio, seconds }) => {
    const { memory, passSeconds } = watchOf('on-suspicion');
    passSeconds(seconds - 1, busyRatio);
    expect(memory.state().askedCollectionCount).toBe(0);
    passSeconds(1, busyRatio);
    expect(memory.state().askedCollectionCount).toBe(1);
  });
});

describe('the heap', () => {
  it('is old when it has outlived small collections, and less after a full one', () => {
    const collect = findEngineCollect();
    let kept = Array.from({ length: 200_000 }, (_, id) => ({ id, half: id + 0.5 }));
    collect?.({ type: 'minor' });
    collect?.({ type: 'minor' });
    const before = engineHeap.oldBytes();
    expect(kept).toHaveLength(200_000);
    kept = [];
    collect?.({ type: 'major' });
    expect(before - engineHeap.oldBytes()).toBeGreaterThan(4 * MIB);
  });
});
