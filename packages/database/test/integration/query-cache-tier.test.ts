import type { Database, QuerySharedTier, SharedResult } from '@dataguardian/database';
import { until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheWorld, PATIENT_LEASE_MS, type CacheWorld } from '../query-cache/world.ts';

let world: CacheWorld;
let kept: Map<string, SharedResult>;
let gets: number;

/** Keeps copies, as something outside the process does. */
const workingTier: QuerySharedTier = {
  get: (key) => {
    gets += 1;
    return Promise.resolve(structuredClone(kept.get(key)));
  },
  set: (key, value) => {
    kept.set(key, structuredClone(value));
    return Promise.resolve();
  },
};

beforeEach(async () => {
  kept = new Map();
  gets = 0;
  world = await cacheWorld();
});
afterEach(() => world.close());

const TEXT = 'select n, name from shop where id = $1';
const connect = async (tier: QuerySharedTier): Promise<Database> => {
  const database = await world.connect({ queryCacheOptions: { leaseMs: PATIENT_LEASE_MS, sharedTier: tier } });
  await database.explainCaching(TEXT);
  return database;
};
const read = async (database: Database, id: number): Promise<{ readonly rows: unknown; readonly verdict: unknown }> => {
  const result = await database.query(TEXT, [id]);
  return { rows: result.rows, verdict: (result as { verdict?: string }).verdict };
};

describe('a second tier', () => {
  it('answers a process that has not read a statement yet', async () => {
    const [one, other] = [await connect(workingTier), await connect(workingTier)];
    // Transactions from before both listened must be over, as far as the snapshots tell.
    let id = 10;
    await until(async () => {
      id += 1;
      await read(one, id);
      return (await read(other, id)).verdict === 'hit';
    });
    expect(await read(other, id)).toEqual({ rows: [{ n: 0, name: `shop ${id}` }], verdict: 'hit' });
  });

  it('is not believed when it misses a write that was heard of', async () => {
    const [one, other] = [await connect(workingTier), await connect(workingTier)];
    // What was read while transactions from before it listened were open is kept in memory and not offered.
    let id = 10;
    await until(async () => {
      id += 1;
      await read(one, id);
      return kept.size > 0;
    });
    const before = new Map(kept);
    await one.query('update shop set n = 77 where id = $1', [id]);
    await until(async () => ((await read(other, id)).rows as { n: number }[])[0]?.n === 77);
    for (const [key, value] of before) kept.set(key, value);
    await other.query('update shop set name = name where id = $1', [id]);
    const asked = gets;
    expect(((await read(other, id)).rows as { n: number }[])[0]?.n).toBe(77);
    expect(gets).toBeGreaterThan(asked);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the tier is down'))],
    ['never answers', () => new Promise<never>(() => undefined)],
    [
      'returns nonsense',
      () => Promise.resolve({ snapshot: 'nonsense', values: [], rowCount: 9, command: 'SELECT', fields: [] }),
    ],
  ] as const)('that %s neither fails nor falsifies a query', async (_, get) => {
    const database = await connect({ get, set: () => Promise.reject(new Error('the tier is down')) });
    for (let id = 1; id <= 5; id++) expect((await read(database, id)).rows).toEqual([{ n: 0, name: `shop ${id}` }]);
    await until(async () => (await read(database, 1)).verdict === 'hit');
    await database.query('update shop set n = 5 where id = 1');
    expect((await read(database, 1)).rows).toEqual([{ n: 5, name: 'shop 1' }]);
  });
});
