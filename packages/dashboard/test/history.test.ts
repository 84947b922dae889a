import { readHistory } from '@dataguardian/dashboard';
import { createProfiler, type Window } from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
import { expect, it } from 'vitest';

async function windows(count: number): Promise<readonly Window[]> {
  const clock = createFakeClock(0);
  const profiler = createProfiler({ clock });
  profiler.start();
  await clock.advance(count * 1_000);
  profiler.stop();
  return profiler.snapshot().windows;
}

it('cuts windows into steps and leaves gaps empty', async () => {
  const series = readHistory(await windows(3), { metric: 'runtime.rss', from: 0, to: 8_000, stepMs: 2_000 });
  expect(series.values.map((value) => value !== null)).toEqual([true, true, false, false]);
  expect(series.unit).toBe('bytes');
});

it('refuses a metric that it does not know', () => {
  expect(() => readHistory([], { metric: 'nothing', from: 0, to: 1, stepMs: 1 })).toThrow(/Unknown metric/);
});

it('refuses a range with too many steps', () => {
  expect(() => readHistory([], { metric: 'runtime.rss', from: 0, to: 1e9, stepMs: 1 })).toThrow(/steps/);
});
