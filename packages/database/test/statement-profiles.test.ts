import { createFakeClock } from '@dataguardian/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createServiceTimes,
  createStatementProfiles,
  type ServiceTimes,
  type SharedMean,
} from '../src/statement-profiles.ts';

const SLOW_MS = 5;
let clock: ReturnType<typeof createFakeClock>;
let others: SharedMean;
let times: ServiceTimes;

beforeEach(() => {
  clock = createFakeClock();
  others = { meanMs: 0, sampleCount: 0 };
  times = createServiceTimes(SLOW_MS, clock, others);
});

function repeat(count: number, record: () => void): void {
  for (let index = 0; index < count; index++) record();
}

describe('whether a statement may stand before others', () => {
  it('is not known before it ran alone twice', () => {
    expect(times.isFitToShare()).toBe(false);
    times.recordAlone(1);
    expect(times.isFitToShare()).toBe(false);
    times.recordAlone(1);
    expect(times.isFitToShare()).toBe(true);
  });

  it('goes by the fastest run alone, because a busy machine slows the others', () => {
    times.recordAlone(40);
    times.recordAlone(2);
    expect(times.isFitToShare()).toBe(true);
  });

  it('is denied to what is slow whenever it runs', () => {
    repeat(8, () => times.recordAlone(50));
    expect(times.isFitToShare()).toBe(false);
  });

  it('ends when it turns slow while sharing, and is tried again later', async () => {
    repeat(2, () => times.recordAlone(1));
    repeat(8, () => times.recordShared(20));
    expect(times.isFitToShare()).toBe(false);
    await clock.advance(5_000);
    expect(times.isFitToShare()).toBe(true);
  });

  it('ends sooner for what is slow now and then while the others are fast', () => {
    others.meanMs = 0.2;
    others.sampleCount = 10_000;
    repeat(2, () => times.recordAlone(1));
    repeat(30, () => times.recordShared(0.1));
    repeat(4, () => times.recordShared(60));
    expect(times.isFitToShare()).toBe(false);
  });

  it('stays when everything is slow now and then: that is the machine', () => {
    others.meanMs = 4;
    others.sampleCount = 10_000;
    repeat(2, () => times.recordAlone(1));
    repeat(30, () => times.recordShared(0.1));
    repeat(4, () => times.recordShared(30));
    expect(times.isFitToShare()).toBe(true);
  });
});

it('shares the times among texts of one shape, and counts each text', () => {
  const find = createStatementProfiles(SLOW_MS, clock);
  const one = find('select * from t where id = 1');
  const other = find('select * from t where id = 2');
  expect(one.times).toBe(other.times);
  expect([find('select * from t where id = 1').seenCount, other.seenCount]).toEqual([2, 1]);
});
