import { describe, expect, it } from 'vitest';
import { createSessionMemory, expireSlice } from '../src/session-memory.ts';
import type { SessionRecord } from '../src/session-record.ts';

const START = 1_800_000_000_000;

function record(index: number, expiresAt: number): SessionRecord {
  return {
    tokenHash: index.toString(16).padStart(64, '0'),
    handle: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    userId: `user${index}`,
    organisationId: 'org',
    roles: ['analyst'],
    data: {},
    userAgent: 'Firefox',
    address: '127.0.0.1',
    createdAt: START,
    authenticatedAt: START,
    lastSeenAt: START,
    idleExpiresAt: expiresAt,
    absoluteExpiresAt: expiresAt,
    renewedAt: START,
    formerHash: undefined,
    formerUntil: 0,
    version: 1,
  };
}

describe('memory of sessions', () => {
  it('gives back what has expired in slices of a bounded time, and nothing else', () => {
    const memory = createSessionMemory(10_000);
    for (let index = 0; index < 2_000; index++) memory.put(record(index, START + 10_000), 0);
    for (let index = 2_000; index < 3_000; index++) memory.put(record(index, START + 1_000_000), 0);
    // Every look at the clock takes a quarter of a millisecond.
    let monotonic = 0;
    const clock = { now: () => START + 60_000, monotonic: () => (monotonic += 0.25) };
    const left = [memory.size];
    while (expireSlice(memory, clock)) left.push(memory.size);
    expect(memory.size).toBe(1_000);
    const steps = left.slice(1).map((size, index) => (left[index] ?? 0) - size);
    expect(steps.length).toBeGreaterThan(50);
    expect(Math.max(...steps)).toBeLessThanOrEqual(20);
  });

  it('holds no more than its capacity, whatever is put into it', () => {
    const memory = createSessionMemory(500);
    for (let index = 0; index < 50_000; index++) memory.put(record(index * 4_096, START + 1_000_000), 0);
    expect(memory.size).toBeLessThanOrEqual(500);
  });
});
