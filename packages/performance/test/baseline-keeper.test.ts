import type { BaselineState } from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { keepBaseline } from '../src/baseline-keeper.ts';

const QUARTER_MS = 15 * 60_000;
const stateOf = (value: number): BaselineState => ({ 'requests.p95': [[{ day: 20_000, value }]] });

function world(load: () => Promise<BaselineState | undefined>) {
  const clock = createFakeClock();
  const learned: BaselineState[] = [];
  const saved: BaselineState[] = [];
  const faults: unknown[] = [];
  const end = keepBaseline({
    profiler: { baseline: () => stateOf(7), learn: (state) => learned.push(state) },
    store: { load, save: async (state) => void saved.push(state) },
    clock,
    onFault: (error) => faults.push(error),
  });
  return { clock, learned, saved, faults, end };
}

describe('what is usual at each hour', () => {
  it('is learned from the store, and saved every quarter of an hour and at the end', async () => {
    const { clock, learned, saved, end } = world(async () => stateOf(5));
    await clock.advance(QUARTER_MS);
    await end();
    expect(learned).toEqual([stateOf(5)]);
    expect(saved).toEqual([stateOf(7), stateOf(7)]);
    await clock.advance(QUARTER_MS * 2);
    expect(saved).toHaveLength(2);
  });

  it('is not written over what could not be read', async () => {
    const { clock, saved, faults, end } = world(async () => {
      throw new Error('the disk is away');
    });
    await clock.advance(QUARTER_MS);
    await end();
    expect(saved).toEqual([]);
    expect(faults).toHaveLength(1);
  });
});
