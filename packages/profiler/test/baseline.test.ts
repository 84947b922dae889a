import { createProfiler, type Window } from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createBaseline } from '../src/evidence/baseline.ts';

const DAY_MS = 24 * 3_600_000;

/** A window of a program at rest, to be filled in. */
function template(): Window {
  const clock = createFakeClock();
  const profiler = createProfiler({ clock, samplingIntervalMs: 0, watchNodeModules: false });
  profiler.start();
  profiler.flush();
  profiler.stop();
  const [window] = profiler.snapshot().windows;
  if (window === undefined) throw new Error('flush closed no window');
  return window;
}

describe('the same hour of other days', () => {
  const base = template();
  const minuteOf = (at: number, p95Ms: number): Window => ({
    ...base,
    at,
    requests: { ...base.requests, count: 100, p95Ms },
  });
  const learn = (dayCount: number) => {
    const baseline = createBaseline();
    for (let day = 0; day < dayCount; day++) {
      for (let minute = 0; minute < 61; minute++)
        baseline.observe(minuteOf(day * DAY_MS + 9 * 3_600_000 + minute * 60_000, 20 + (minute % 3)));
    }
    return baseline;
  };
  const observeToday = (baseline: ReturnType<typeof learn>, p95Ms: number) => {
    const from = 10 * DAY_MS + 9 * 3_600_000;
    for (let minute = 0; minute < 5; minute++) baseline.observe(minuteOf(from + minute * 60_000, p95Ms));
    return baseline.deviations(from + 4 * 60_000);
  };

  it('tells when today is far from them for three minutes', () => {
    expect(observeToday(learn(5), 90)).toMatchObject([{ metric: 'requests.p95', value: 90, usual: 21, dayCount: 5 }]);
  });

  it('tells nothing when today is like them, or when there are fewer than three', () => {
    expect(observeToday(learn(5), 22)).toEqual([]);
    expect(observeToday(learn(2), 90)).toEqual([]);
  });

  it('is remembered by the next process', () => {
    expect(observeToday(createBaseline(learn(5).state()), 90)).toHaveLength(1);
  });

  it('is learned later than the process begins, and what it knows itself stays', () => {
    const baseline = learn(2);
    baseline.learn(learn(5).state());
    expect(observeToday(baseline, 90)).toMatchObject([{ dayCount: 5 }]);
    const own = learn(2).state()['requests.p95']?.[9] ?? [];
    const other = createBaseline({ 'requests.p95': Array.from({ length: 24 }, () => own) });
    other.learn({ 'requests.p95': Array.from({ length: 24 }, () => own.map(({ day }) => ({ day, value: 1e6 }))) });
    expect(other.state()['requests.p95']?.[9]).toEqual(own);
  });
});
