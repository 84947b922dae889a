import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createWaitForecast } from '../src/admission/wait-forecast.ts';

/** Lets waits come that scatter around their mean, and counts how many were longer than forecast. */
function exceeded(scatter: (random: ReturnType<typeof createSeededRandom>) => number, rounds = 4_000): number {
  const random = createSeededRandom(11);
  const forecast = createWaitForecast();
  for (let index = 0; index < 500; index++) forecast.learn(5);
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    const mean = forecast.meanMs(60);
    const waited = mean * scatter(random);
    if (round >= rounds / 2 && waited > forecast.mostMs(60)) count += 1;
    forecast.compare(mean, waited);
  }
  return count / (rounds / 2);
}

describe('a forecast of waits', () => {
  it('covers nearly all of them, however they scatter', () => {
    expect(exceeded((random) => 0.8 + 0.4 * random.next())).toBeLessThan(0.04);
    expect(exceeded((random) => 0.5 + random.next() ** 4 * 2)).toBeLessThan(0.04);
  });

  it('asks for no margin where waits come as they are forecast', () => {
    const forecast = createWaitForecast();
    forecast.learn(5);
    for (let index = 0; index < 200; index++) forecast.compare(forecast.meanMs(60), 290);
    expect(forecast.mostMs(60)).toBe(forecast.meanMs(60));
  });

  it('learns nothing from waits that are short', () => {
    const forecast = createWaitForecast();
    forecast.learn(5);
    for (let index = 0; index < 200; index++) forecast.compare(forecast.meanMs(2), 500);
    expect(forecast.mostMs(2)).toBe(forecast.meanMs(2));
  });

  it('is never more than four times the mean', () => {
    const forecast = createWaitForecast();
    forecast.learn(5);
    for (let index = 0; index < 2_000; index++) forecast.compare(300, 100_000);
    expect(forecast.mostMs(60) / forecast.meanMs(60)).toBeCloseTo(4, 5);
  });
});
