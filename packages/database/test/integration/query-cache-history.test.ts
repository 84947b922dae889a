import { describe, expect, it } from 'vitest';
import { LEASE_MS } from '../query-cache-history/history.ts';
import { runHistory } from '../query-cache-history/run-history.ts';

// QUERY_CACHE_SEEDS=20 QUERY_CACHE_FAULTS=6 npx vitest run --project integration packages/database/test/integration/query-cache-history.test.ts
const seedCount = Number(process.env['QUERY_CACHE_SEEDS'] ?? 2);
const faultCount = Number(process.env['QUERY_CACHE_FAULTS'] ?? 3);

describe('three processes with query caches and an outsider, under faults', () => {
  it.each(Array.from({ length: seedCount }, (_, index) => index + 1))(
    'never read stale against own writes, backward, torn, past the lease, or wrong in the end (seed %i)',
    async (seed) => {
      const { violations, staleMaxMs, reads, hitRatio, ...rest } = await runHistory(seed, faultCount);
      const summary = { seed, reads, hitRatio: hitRatio.toFixed(2), staleMaxMs: Math.round(staleMaxMs), ...rest };
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      expect(violations.slice(0, 10)).toEqual([]);
      expect(staleMaxMs).toBeLessThan(LEASE_MS);
      expect(hitRatio).toBeGreaterThan(0.2);
    },
    180_000,
  );
});
