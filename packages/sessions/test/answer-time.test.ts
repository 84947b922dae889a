import { createSeededRandom } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createAnswerTime } from '../src/admission/answer-time.ts';

it('is nothing before anything was answered', () => {
  expect(createAnswerTime().mostMs).toBe(0);
});

it('is the time itself where all answers take the same', () => {
  const time = createAnswerTime();
  for (let index = 0; index < 300; index++) time.learn(7);
  expect(time.mostMs).toBeCloseTo(7, 9);
});

it('covers all but a few where they scatter, and follows when they become dearer', () => {
  const random = createSeededRandom(5);
  const time = createAnswerTime();
  for (const dearer of [1, 4]) {
    let above = 0;
    for (let index = 0; index < 2_000; index++) {
      const heldMs = dearer * (5 + 10 * random.next());
      if (index >= 1_000 && heldMs > time.mostMs) above += 1;
      time.learn(heldMs);
    }
    expect(above / 1_000).toBeLessThan(0.05);
    expect(time.mostMs).toBeLessThan(dearer * 20);
  }
});
