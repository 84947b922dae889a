import type { Stall, SyncCall } from '@dataguardian/profiler';
import { expect, it } from 'vitest';
import { seenStalls } from '../src/advice/seen-stalls.ts';

const stall: Stall = {
  at: 1_000,
  durationMs: 80,
  cause: 'sync-crypto',
  place: { functionName: 'hash', file: '/srv/sign-in.ts', line: 12, cause: 'sync-crypto' },
  stack: [],
  labels: {},
  waitingCount: 3,
  cpuRatio: 1,
  isStartUp: false,
  isLoading: false,
};
const call = (at: number, durationMs: number): SyncCall => ({
  at,
  durationMs,
  kind: 'crypto',
  name: 'pbkdf2Sync',
  site: '/srv/sign-in.ts:12',
});

it('counts synchronous calls that are too short for the heartbeat, and none twice', () => {
  const seen = seenStalls({ stalls: () => [stall], syncCalls: () => [call(990, 70), call(2_000, 25)] }, 5_000);
  expect(seen.map(({ at, durationMs, cause }) => ({ at, durationMs, cause }))).toEqual([
    { at: 1_000, durationMs: 80, cause: 'sync-crypto' },
    { at: 2_000, durationMs: 25, cause: 'sync-crypto' },
  ]);
  expect(seen[1]?.place).toEqual({ functionName: '', file: '/srv/sign-in.ts', line: 12 });
});
