import type { Ledger } from '@dataguardian/advisor';
import { createPerformance, type Performance } from '@dataguardian/performance';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';

let postgres: TestPostgres;
let performance: Performance;
let app: FastifyInstance;
const faults: string[] = [];

const away = (): Promise<never> => Promise.reject(new Error('away'));
const ledger: Ledger = { load: away, save: away, claim: away, release: away, history: away };

beforeEach(async () => {
  faults.length = 0;
  postgres = await postgresForTest();
  performance = createPerformance({
    database: { connectionString: postgres.url, minConnections: 0, maxConnections: 2 },
    ledger,
    onFault: (component) => faults.push(component),
  });
  app = fastify();
  await app.register(performance.admissionPlugin({ userOf: () => 'anna' }));
  await app.register(performance.dashboardPlugin({ guard: () => 'anna' }));
  app.get('/count', async () => (await performance.database.query<{ n: number }>('select 1 as n')).rows[0]?.n);
});

afterEach(async () => {
  await app.close();
  await performance.close();
  await postgres.close();
});

it('serves requests, tells its health and refuses nobody while profiler, advisor and ledger fail', async () => {
  performance.profiler.stop();
  await performance.advisor.propose(performance.profiler.snapshot());
  for (let request = 0; request < 50; request++) expect((await app.inject({ url: '/count' })).statusCode).toBe(200);
  expect(performance.health().profiler).toMatchObject({ status: 'degraded' });
  expect(performance.health().database.status).toBe('up');
  expect((await app.inject({ url: '/api/performance/recommendations' })).statusCode).toBe(200);
  expect(faults).toContain('advisor: ledger');
  await until(() => performance.health().profiler.status === 'up', { timeoutMs: 40_000 });
});

it('is made and answers although nothing that it needs is there', async () => {
  const alone = createPerformance({
    database: { connectionString: 'postgresql://127.0.0.1:1/none', minConnections: 0, connectTimeoutMs: 500 },
    redisUrl: 'redis://127.0.0.1:1',
  });
  expect(Object.keys(alone.health())).toEqual(['database', 'cache', 'sessions', 'profiler']);
  expect(await alone.cache.namespace<number>('n', { ttlMs: 1_000 }).getOrSet('k', () => 5)).toBe(5);
  await expect(alone.database.query('select 1')).rejects.toMatchObject({ name: 'DatabaseError' });
  expect(alone.health().database.status).not.toBe('up');
  expect(await alone.metrics()).toContain('process_cpu');
  await alone.close();
});
