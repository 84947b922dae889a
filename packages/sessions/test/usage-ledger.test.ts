import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createUsageLedger } from '../src/admission/usage-ledger.ts';

const ANNA = { user: 'anna', organisation: 'org' };
const BERT = { user: 'bert', organisation: 'org' };

describe('a budget', () => {
  it('of time bounds its user and nobody else, and comes back with time', async () => {
    const clock = createFakeClock();
    const ledger = createUsageLedger({ perUserBusyMsPerMinute: 600 }, clock);
    ledger.charge(ANNA, { busyMs: 599, bytes: 0 });
    expect(ledger.waitMs(ANNA)).toBe(0);
    ledger.charge(ANNA, { busyMs: 101, bytes: 0 });
    // A tenth of the budget too much: a tenth of the minute.
    expect(ledger.waitMs(ANNA)).toBeCloseTo(10_000, 6);
    expect(ledger.waitMs(BERT)).toBe(0);
    await clock.advance(10_001);
    expect(ledger.waitMs(ANNA)).toBe(0);
  });

  it('of bytes holds for an organisation over all of its people', () => {
    const ledger = createUsageLedger({ perOrganisationBytesPerMinute: 1_000 }, createFakeClock());
    ledger.charge(ANNA, { busyMs: 0, bytes: 600 });
    ledger.charge(BERT, { busyMs: 0, bytes: 600 });
    expect(ledger.waitMs(ANNA)).toBeCloseTo(12_000, 6);
    expect(ledger.waitMs({ user: 'clara', organisation: 'other' })).toBe(0);
    expect(ledger.waitMs({ user: 'guest', organisation: undefined })).toBe(0);
  });

  it('that is used up exactly is used up', () => {
    const ledger = createUsageLedger({ perUserBytesPerMinute: 10 }, createFakeClock());
    ledger.charge(ANNA, { busyMs: 0, bytes: 10 });
    expect(ledger.waitMs(ANNA)).toBeGreaterThan(0);
  });
});

it('names the heaviest users first', () => {
  const ledger = createUsageLedger({}, createFakeClock());
  for (const [user, busyMs] of [
    ['anna', 3],
    ['bert', 5],
    ['anna', 4],
    ['clara', 1],
  ] as const)
    ledger.charge({ user, organisation: undefined }, { busyMs, bytes: 10 });
  expect(ledger.heaviest(2)).toEqual([
    { user: 'anna', requests: 2, busyMs: 7, bytes: 20 },
    { user: 'bert', requests: 1, busyMs: 5, bytes: 10 },
  ]);
});

it('is bounded: whoever was served longest ago is left out', () => {
  const ledger = createUsageLedger({}, createFakeClock());
  for (let user = 0; user < 10_050; user++)
    ledger.charge({ user: `user${user}`, organisation: undefined }, { busyMs: 1, bytes: 0 });
  const known = ledger.heaviest(20_000).map(({ user }) => user);
  expect(known.length).toBe(10_000);
  expect(known).not.toContain('user0');
  expect(known).toContain('user10049');
});
