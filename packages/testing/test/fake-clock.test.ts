import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

describe('the fake clock', () => {
  it('runs timers in the order in which they fall due', async () => {
    const clock = createFakeClock();
    const ran: string[] = [];
    clock.schedule(20, () => ran.push('later'));
    clock.schedule(10, () => ran.push('sooner'));
    await clock.advance(30);
    expect(ran).toEqual(['sooner', 'later']);
  });

  it('repeats until cancelled', async () => {
    const clock = createFakeClock();
    let count = 0;
    const timer = clock.repeat(10, () => (count += 1));
    await clock.advance(35);
    timer.cancel();
    await clock.advance(100);
    expect(count).toBe(3);
  });

  it('moves the wall clock alone when it jumps', () => {
    const clock = createFakeClock(1_000);
    clock.jump(500);
    expect([clock.now(), clock.monotonic()]).toEqual([1_500, 0]);
  });
});
