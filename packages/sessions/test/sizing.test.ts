import { sizeForUsers } from '@dataguardian/sessions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const GIB = 2 ** 30;

describe('limits for a number of people', () => {
  it('give each limit a reason', () => {
    const { reasons, ...limits } = sizeForUsers({ expectedUsers: 100, cores: 2, memoryBytes: 4 * GIB });
    expect(limits).toEqual({
      concurrency: 64,
      minimumConcurrency: 8,
      perUserRunning: 6,
      perUserWaiting: 64,
      perOrganisationRunning: 48,
      perOrganisationWaiting: 100,
      totalWaiting: 200,
      memoryCapacity: 1_000,
    });
    expect(Object.keys(reasons)).toEqual(Object.keys(limits));
  });

  it('stay within the machine, whatever is expected', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 64 * 2 ** 20, max: 64 * GIB }),
        (expectedUsers, cores, memoryBytes) => {
          const size = sizeForUsers({ expectedUsers, cores, memoryBytes });
          expect(size.perUserRunning).toBeLessThanOrEqual(size.perOrganisationRunning);
          expect(size.perOrganisationRunning).toBeLessThanOrEqual(size.concurrency);
          expect(size.memoryCapacity * 1_024).toBeLessThanOrEqual(Math.max(memoryBytes * 0.1, 1_024_000));
        },
      ),
    );
  });

  it('are refused for nobody', () => {
    expect(() => sizeForUsers({ expectedUsers: 0, cores: 2, memoryBytes: GIB })).toThrow(
      expect.objectContaining({ code: 'SESSIONS_OPTIONS_INVALID' }),
    );
  });
});
