import { describe, expect, it } from 'vitest';
import { coverRange, type RecordingKey } from '../../src/recordings/recording-store.ts';

const MINUTE = 60_000;
const TEN = 10 * MINUTE;
const HOUR = 60 * MINUTE;

const keys = (stepMs: number, from: number, to: number, instance = 'one'): RecordingKey[] =>
  Array.from({ length: (to - from) / stepMs }, (_, index) => ({ stepMs, at: from + index * stepMs, instance }));
const countByStep = (chosen: readonly RecordingKey[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(chosen, ({ stepMs }) => stepMs)].map(([step, rows]) => [step, rows.length]));

describe('recordings that tell a range', () => {
  it('are minutes for some minutes', () => {
    const all = [...keys(MINUTE, 0, HOUR), ...keys(TEN, 0, HOUR), ...keys(HOUR, 0, HOUR)];
    expect(coverRange(all, { from: 5 * MINUTE, to: TEN })).toEqual(keys(MINUTE, 5 * MINUTE, TEN));
  });

  it('are hours for a day, and finer ones for what no hour has yet', () => {
    const all = [
      ...keys(HOUR, 0, 20 * HOUR),
      ...keys(TEN, 10 * HOUR, 20.5 * HOUR),
      ...keys(MINUTE, 19 * HOUR, 20.5 * HOUR + 4 * MINUTE),
    ];
    const chosen = coverRange(all, { from: 0, to: 21 * HOUR });
    expect(countByStep(chosen)).toEqual({ [HOUR]: 20, [TEN]: 3, [MINUTE]: 4 });
  });

  it('are the coarser ones where the finer are gone, and never tell a minute twice', () => {
    const all = [...keys(HOUR, 0, 5 * HOUR), ...keys(MINUTE, 4.5 * HOUR, 5 * HOUR)];
    // Minutes are left of the second half only; the hour around them would tell that half again.
    expect(countByStep(coverRange(all, { from: 4.25 * HOUR, to: 5 * HOUR }))).toEqual({ [MINUTE]: 30 });
    expect(coverRange(all, { from: 1.25 * HOUR, to: 1.5 * HOUR })).toEqual(keys(HOUR, HOUR, 2 * HOUR));
  });

  it('are shared by no two ranges side by side', () => {
    const all = keys(TEN, 0, 10 * HOUR);
    const [first, second] = [
      coverRange(all, { from: 0, to: 4 * HOUR + MINUTE }),
      coverRange(all, { from: 4 * HOUR + MINUTE, to: 10 * HOUR }),
    ];
    expect(first.length + second.length).toBe(60);
    expect(first.filter((key) => second.includes(key))).toEqual([]);
  });

  it('are chosen for each process by itself', () => {
    const all = [...keys(HOUR, 0, 4 * HOUR, 'one'), ...keys(TEN, 0, HOUR, 'two')];
    const chosen = coverRange(all, { from: 0, to: 15 * HOUR });
    expect(chosen.filter(({ instance }) => instance === 'two')).toHaveLength(6);
  });
});
