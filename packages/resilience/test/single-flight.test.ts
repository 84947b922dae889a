import { createSingleFlight } from '@dataguardian/resilience';
import { describe, expect, it } from 'vitest';

describe('single flight', () => {
  it('runs the work once for a thousand concurrent callers', async () => {
    const flights = createSingleFlight<number>();
    let calls = 0;
    const work = async (): Promise<number> => ++calls;
    const results = await Promise.all(Array.from({ length: 1_000 }, () => flights.run('key', work)));
    expect([calls, new Set(results).size, flights.size]).toEqual([1, 1, 0]);
  });

  it('hands a failure to every caller and tries again afterwards', async () => {
    const flights = createSingleFlight<string>();
    const fail = (): Promise<string> => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([flights.run('key', fail), flights.run('key', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(flights.run('key', async () => 'yes')).resolves.toBe('yes');
  });

  it('turns a synchronous throw into a rejection', async () => {
    const flights = createSingleFlight<string>();
    const work = (): Promise<string> => {
      throw new Error('at once');
    };
    await expect(flights.run('key', work)).rejects.toThrow('at once');
  });

  it('starts anew for callers that come after forget', async () => {
    const flights = createSingleFlight<string>();
    const first = flights.run('key', async () => 'old');
    flights.forget('key');
    const second = flights.run('key', async () => 'new');
    expect(await Promise.all([first, second])).toEqual(['old', 'new']);
  });
});
