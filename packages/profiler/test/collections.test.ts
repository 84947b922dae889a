import { findEngineCollect } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createCollectionWatch, type Collection } from '../src/memory/collections.ts';

const WINDOW_MS = 1_000;

/** A watch whose collections a test brings about. */
function watchOf() {
  let isOn = false;
  let tell: (collections: readonly Collection[]) => void = () => undefined;
  const watch = createCollectionWatch((listener) => {
    tell = listener;
    return { resume: () => (isOn = true), pause: () => (isOn = false) };
  });
  /** A window with so many collections of 2 ms, which are heard of only while the watch looks. */
  const passWindow = (count: number, isWanted = false) => {
    const wasOn = isOn;
    if (isOn) tell(Array.from({ length: count }, () => ({ durationMs: 2, isFull: false })));
    const part = watch.take(WINDOW_MS);
    watch.turn(isWanted);
    return { wasOn, ...part };
  };
  return { watch, passWindow };
}

describe('collections', () => {
  it('are heard of as they come, full ones told apart', async () => {
    const heard: Collection[] = [];
    const watch = createCollectionWatch();
    const unsubscribe = watch.subscribe((collections) => heard.push(...collections));
    findEngineCollect()?.({ type: 'major' });
    await until(() => heard.some(({ isFull }) => isFull));
    expect(watch.take(WINDOW_MS)).toEqual({
      gcMs: heard.reduce((sum, { durationMs }) => sum + durationMs, 0),
      gcCount: heard.length,
    });
    unsubscribe();
  });

  it('are all looked at where they are few', () => {
    const { watch, passWindow } = watchOf();
    watch.subscribe();
    const windows = Array.from({ length: 200 }, () => passWindow(10));
    expect(windows.every(({ wasOn, gcCount, gcMs }) => wasOn && gcCount === 10 && gcMs === 20)).toBe(true);
  });

  it('are looked at in one window of sixteen after half a minute with many, and the others show what that one did', () => {
    const { watch, passWindow } = watchOf();
    watch.subscribe();
    const windows = Array.from({ length: 190 }, () => passWindow(100));
    expect(windows.every(({ gcCount, gcMs }) => gcCount === 100 && gcMs === 200)).toBe(true);
    expect(windows.slice(0, 30).every(({ wasOn }) => wasOn)).toBe(true);
    expect(windows.slice(30).filter(({ wasOn }) => wasOn)).toHaveLength(10);
  });

  it('are all looked at again once they are few, and as long as somebody must hear of each', () => {
    const { watch, passWindow } = watchOf();
    watch.subscribe();
    for (let window = 0; window < 60; window++) passWindow(100);
    for (let window = 0; window < 16; window++) passWindow(3);
    expect(Array.from({ length: 20 }, () => passWindow(3)).every(({ wasOn }) => wasOn)).toBe(true);
    for (let window = 0; window < 60; window++) passWindow(100);
    passWindow(100, true);
    expect(Array.from({ length: 20 }, () => passWindow(100, true)).every(({ wasOn }) => wasOn)).toBe(true);
  });

  it('are looked at as long as anybody has subscribed', () => {
    const { watch, passWindow } = watchOf();
    const first = watch.subscribe();
    const second = watch.subscribe();
    first();
    expect(passWindow(5).wasOn).toBe(true);
    second();
    expect(passWindow(5).wasOn).toBe(false);
  });
});
