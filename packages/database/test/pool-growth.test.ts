import { createFakeClock } from '@dataguardian/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPoolGrowth } from '../src/pool-growth.ts';

let clock: ReturnType<typeof createFakeClock>;
let waiting: { count: number; since: number };
let opened: number[];
let lentCount: number;
let openedAt: number;
let grow: () => void;

beforeEach(() => {
  clock = createFakeClock();
  waiting = { count: 0, since: 0 };
  opened = [];
  lentCount = 0;
  openedAt = 0;
  grow = createPoolGrowth({
    clock,
    waitingCount: () => waiting.count,
    oldestWaitMs: () => (waiting.count === 0 ? 0 : clock.monotonic() - waiting.since),
    meanHoldMs: () => 1,
    openedAt: () => openedAt,
    lentCount: () => lentCount,
    room: () => 40 - opened.reduce((sum, count) => sum + count, 0),
    open: (count) => opened.push(count),
  });
});

describe('a pool that is too small', () => {
  it('does not grow for a short queue', async () => {
    waiting = { count: 20, since: 0 };
    grow();
    await clock.advance(80);
    waiting.count = 0;
    await clock.advance(1_000);
    expect(opened).toEqual([]);
  });

  it('grows when somebody goes on waiting', async () => {
    waiting = { count: 20, since: 0 };
    grow();
    await clock.advance(100);
    expect(opened).toEqual([5]);
  });

  it('lets connections that are just open show what they can do', async () => {
    waiting = { count: 20, since: 0 };
    grow();
    await clock.advance(99);
    openedAt = 99;
    await clock.advance(90);
    expect(opened).toEqual([]);
    await clock.advance(20);
    expect(opened).toEqual([5]);
  });

  it('grows on as long as that helps', async () => {
    waiting = { count: 10, since: 0 };
    grow();
    for (let round = 1; round <= 3; round++) {
      lentCount += 10 ** round;
      await clock.advance(100);
    }
    expect(opened).toEqual([3, 3, 3]);
  });

  it('waits longer before it grows again when that did not help', async () => {
    waiting = { count: 10, since: 0 };
    grow();
    for (let round = 0; round < 8; round++) {
      lentCount += 100;
      await clock.advance(100);
    }
    expect(opened).toEqual([3]);
    for (let round = 0; round < 2; round++) {
      lentCount += 100;
      await clock.advance(100);
    }
    // Somebody has been waiting for a whole second.
    expect(opened).toEqual([3, 3]);
  });
});
