import { createFakeClock } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createHeartbeat } from '../src/sampling/heartbeat.ts';
import { createIdleRest } from '../src/sampling/idle-rest.ts';
import { createTimeScale } from '../src/sampling/time-scale.ts';

const world = () => {
  const steps: string[] = [];
  let isServing = false;
  const idle = createIdleRest({
    rest: () => steps.push('rest'),
    resume: () => steps.push('resume'),
    isServing: () => isServing,
  });
  const windows = (count: number, cpuMs: number): void => {
    for (let window = 0; window < count; window++) idle.observe(cpuMs, 1_000);
  };
  return { idle, steps, windows, serve: (now: boolean) => void (isServing = now) };
};

it('rests after five idle seconds, and is awake before the first request runs', () => {
  const { idle, steps, windows } = world();
  windows(4, 3);
  expect(steps).toEqual([]);
  windows(3, 3);
  idle.wake();
  idle.wake();
  expect(steps).toEqual(['rest', 'resume']);
});

it('does not rest while a request is under way or something computes', () => {
  const { steps, windows, serve } = world();
  serve(true);
  windows(20, 3);
  serve(false);
  windows(4, 3);
  windows(1, 40);
  windows(4, 3);
  expect(steps).toEqual([]);
  windows(1, 3);
  windows(1, 40);
  expect(steps).toEqual(['rest', 'resume']);
});

it('a heart that rests beats once a second, and as usual once awake', async () => {
  const clock = createFakeClock();
  const late: number[] = [];
  const heartbeat = createHeartbeat(clock, createTimeScale(clock), (ms) => late.push(ms));
  heartbeat.start();
  heartbeat.rest();
  heartbeat.lateness.reset();
  await clock.advance(10_000);
  expect(heartbeat.lateness.count).toBe(10);
  heartbeat.wake();
  heartbeat.lateness.reset();
  await clock.advance(600);
  expect(heartbeat.lateness.count).toBe(10);
  expect(late).toEqual([]);
  heartbeat.stop();
});
