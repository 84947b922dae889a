import { createQueryCacheLayer, PgCompatiblePool } from '@dataguardian/database';
import { until } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheWorld, PATIENT_LEASE_MS, type CacheWorld } from '../query-cache/world.ts';

const TEXT = 'select id, n, name from shop where id = $1';
let world: CacheWorld;
const openLayer = () =>
  createQueryCacheLayer({
    connectionString: world.postgres.url,
    queryCacheOptions: { leaseMs: PATIENT_LEASE_MS },
  });

beforeAll(async () => {
  world = await cacheWorld();
});
afterAll(() => world.close());

it('hears of what other ways of the pool write, beside options of the configuration', async () => {
  const layer = openLayer();
  const pool = new PgCompatiblePool({
    connectionString: world.postgres.url,
    options: '-c application_name=layered',
    layers: [layer],
  });
  await until(() => layer.statistics().state === 'open');
  await layer.explain(TEXT);
  for (let write = 1; write <= 20; write++) {
    await until(async () => {
      const before = layer.statistics().hits;
      await pool.query(TEXT, [9]);
      return layer.statistics().hits > before;
    });
    const client = await pool.connect();
    await client.query('begin');
    await client.query('update shop set n = $1 where id = 9', [write]);
    await client.query('commit');
    client.release();
    expect((await pool.query(TEXT, [9])).rows).toMatchObject([{ n: write }]);
  }
  await pool.end();
  await layer.close();
});

describe('the query cache as a layer of a pool that stands for pg.Pool', () => {
  it('answers from memory and asks nothing over the connections of the pool', async () => {
    const layer = openLayer();
    const pool = new PgCompatiblePool({ connectionString: world.postgres.url, max: 2, layers: [layer] });
    let acquired = 0;
    pool.on('acquire', () => {
      acquired += 1;
    });
    await until(() => layer.statistics().state === 'open');
    expect((await layer.explain(TEXT)).cacheable).toBe(true);
    expect([acquired, pool.totalCount]).toEqual([0, 0]);
    await pool.query(TEXT, [7]);
    await until(async () => {
      await pool.query(TEXT, [7]);
      return layer.statistics().hits > 0;
    });
    const before = acquired;
    for (let read = 0; read < 10; read++) await pool.query(TEXT, [7]);
    expect([acquired, pool.totalCount]).toEqual([before, 1]);
    await pool.query('update shop set n = 77 where id = 7');
    expect((await pool.query(TEXT, [7])).rows).toMatchObject([{ n: 77 }]);
    await pool.end();
    await layer.close();
  });
});
