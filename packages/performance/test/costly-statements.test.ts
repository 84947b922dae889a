import { createHistogram } from '@dataguardian/telemetry';
import { createFakeClock } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createCostlyStatements } from '../src/advice/costly-statements.ts';

/** Counters of one statement, as the statistics keep them. */
const world = () => {
  const clock = createFakeClock();
  const times = createHistogram();
  const served = () => new Map([['a', { rowCount: 0, times: times.state() }]]);
  return { clock, times, costly: createCostlyStatements({ served }, { meanMs: 3, count: 20 }, clock) };
};

it('names a statement that was fast a million times and is slow of late', async () => {
  const { clock, times, costly } = world();
  times.record(0.1, 1_000_000);
  expect([...costly.since()]).toEqual([]);
  await clock.advance(20_000);
  times.record(40, 10);
  expect([...costly.since()]).toEqual([]);
  times.record(40, 15);
  expect([...costly.since()]).toEqual(['a']);
  times.record(0.1, 100);
  expect([...costly.since()]).toEqual([]);
});

it('remembers what was counted a minute before', async () => {
  const { clock, times, costly } = world();
  for (let look = 0; look < 8; look++) {
    costly.since();
    await clock.advance(20_000);
    times.record(1, 10);
  }
  expect(costly.earlier()?.get('a')?.times.count).toBe(50);
});
