import { retry, toBackoffMs } from '@dataguardian/resilience';
import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

describe('retry', () => {
  it('returns the first success and tells the work which try it is', async () => {
    const clock = createFakeClock();
    const tries: number[] = [];
    const result = retry(
      async (attempt) => {
        tries.push(attempt);
        if (attempt < 3) throw new Error('not yet');
        return 'done';
      },
      { clock, attempts: 5, baseMs: 10 },
    );
    await clock.advance(30);
    expect([await result, tries]).toEqual(['done', [1, 2, 3]]);
  });

  it('rejects with the last error once the tries are used up', async () => {
    const clock = createFakeClock();
    const outcome = retry(async (attempt) => Promise.reject(new Error(`try ${attempt}`)), { clock, attempts: 2 });
    outcome.catch(() => undefined);
    await clock.advance(1_000);
    await expect(outcome).rejects.toThrow('try 2');
  });

  it('does not repeat a final error', async () => {
    let calls = 0;
    const work = async (): Promise<never> => {
      calls += 1;
      throw new Error('final');
    };
    await expect(retry(work, { isRetryable: () => false })).rejects.toThrow('final');
    expect(calls).toBe(1);
  });

  it('stops waiting when its signal is aborted', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const outcome = retry(async () => Promise.reject(new Error('no')), { clock, signal: controller.signal });
    outcome.catch(() => undefined);
    await clock.advance(0);
    controller.abort(new Error('enough'));
    await expect(outcome).rejects.toThrow('enough');
  });

  it('keeps every pause between zero and its doubling, capped upper end', () => {
    const random = createSeededRandom(7);
    for (let attempt = 1; attempt <= 12; attempt++) {
      const upper = Math.min(1_000, 10 * 2 ** (attempt - 1));
      const pause = toBackoffMs(attempt, { baseMs: 10, maxMs: 1_000, random: () => random.next() });
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(upper);
      expect(toBackoffMs(attempt, { baseMs: 10, maxMs: 1_000 })).toBe(upper);
    }
  });
});
