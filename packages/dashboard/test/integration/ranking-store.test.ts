import type { Database } from '@dataguardian/database';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createDatabaseRankingStore } from '../../src/rankings/database-ranking-store.ts';
import { describeRankingStore } from '../contract/ranking-store.ts';
import { clear, databaseWorld } from './dashboard-database.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});
beforeEach(() => clear(database));
afterAll(() => close());

describeRankingStore('PostgreSQL', () => createDatabaseRankingStore(database));

it('forgets rows that are older than their level is kept for', async () => {
  const store = createDatabaseRankingStore(database);
  const now = 100 * 86_400_000;
  const row = { instance: 'one', kind: 'route' as const, entries: [] };
  await store.write([
    { ...row, stepMs: 60_000, at: now - 3 * 86_400_000 },
    { ...row, stepMs: 60_000, at: now - 86_400_000 },
    { ...row, stepMs: 600_000, at: now - 3 * 86_400_000 },
  ]);
  await store.expire(now);
  const count = async (stepMs: number): Promise<number> =>
    (await store.read({ stepMs, kind: 'route', from: 0, to: now })).length;
  expect([await count(60_000), await count(600_000)]).toEqual([1, 1]);
});
