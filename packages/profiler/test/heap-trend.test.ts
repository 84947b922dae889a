import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { judgeHeap, type HeapReading } from '../src/memory/heap-trend.ts';

const MB = 1024 * 1024;
const LIMIT = 2_048 * MB;

function series(
  count: number,
  everyMs: number,
  bytesAt: (minutes: number, index: number) => number,
): readonly HeapReading[] {
  return Array.from({ length: count }, (_, index) => ({
    at: index * everyMs,
    bytes: bytesAt((index * everyMs) / 60_000, index),
  }));
}

describe('the heap after collections', () => {
  it('is said to leak within ten minutes at 1 MB a minute, over noise of half a megabyte', () => {
    const random = createSeededRandom(6);
    const readings = series(10, 60_000, (minutes) => 60 * MB + minutes * MB + (random.next() - 0.5) * MB);
    const trend = judgeHeap(readings, LIMIT);
    expect(trend.isGrowing).toBe(true);
    expect(trend.bytesPerMinute / MB).toBeGreaterThan(0.7);
    expect(trend.bytesPerMinute / MB).toBeLessThan(1.3);
  });

  it('is not said to leak when it swings without a trend: at most 1 of 1,000 series', () => {
    const random = createSeededRandom(7);
    let alarms = 0;
    for (let run = 0; run < 1_000; run++) {
      const readings = series(30, 60_000, () => 60 * MB + (random.next() - 0.5) * 20 * MB);
      if (judgeHeap(readings, LIMIT).isGrowing) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });

  it('is not said to leak once a cache has filled', () => {
    const readings = series(30, 10_000, (_, index) => (40 + 60 * (1 - Math.exp(-index / 5))) * MB);
    expect(judgeHeap(readings, LIMIT).isGrowing).toBe(false);
  });

  it('is said to leak after four collections that double it in half a minute', () => {
    const readings = [16, 28, 49, 89].map((size, index) => ({ at: index * 12_000, bytes: size * MB }));
    expect(judgeHeap(readings, LIMIT).isGrowing).toBe(true);
  });
});
