import { createDatabase, createPerformance, type Database, type Performance } from '@dataguardian/performance';
import { requests } from '@dataguardian/telemetry';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPrometheusExporter } from '../../src/prometheus.ts';

const LEAKS = /^dataguardian_database_pool_leaks_total (\d+)$/m;
/** Longer than any statement takes here, however slow the machine is. */
const LEAK_MS = 3_000;
const EACH = 'select $1::int as n';

let postgres: TestPostgres;
let owner: Database;
let performance: Performance;

beforeEach(async () => {
  postgres = await postgresForTest();
  owner = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 3 });
  performance = createPerformance({
    database: { connectionString: postgres.url, minConnections: 0, maxConnections: 4, leakThresholdMs: LEAK_MS },
    maintenance: owner,
  });
});

afterEach(async () => {
  await performance.close();
  await owner.close();
  await postgres.close();
});

it('counts a connection that is held too long in the metrics, once, and no other', async () => {
  const exporter = createPrometheusExporter();
  const leakCount = async (): Promise<number> => Number(LEAKS.exec(await exporter.text())?.[1]);
  await performance.database.withConnection((sql) => sql.query('select 1'));
  expect(await leakCount()).toBe(0);
  let giveBack = (): void => undefined;
  const held = performance.database.withConnection(
    () =>
      new Promise<void>((resolve) => {
        giveBack = resolve;
      }),
  );
  expect(await until(async () => (await leakCount()) > 0 && leakCount())).toBe(1);
  // Another look of the pool finds the same holder.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  giveBack();
  await held;
  expect(await leakCount()).toBe(1);
  expect(performance.database.statistics().leakCount).toBe(1);
  exporter.close();
});

it('hands a statement that a request sends again and again to the profiler, with its shape and the line', async () => {
  const server: Server = createServer((_request, response) => {
    const startedAt = globalThis.performance.now();
    void (async () => {
      for (let n = 0; n < 12; n++) await performance.database.query(EACH, [n]);
      const durationMs = globalThis.performance.now() - startedAt;
      requests.publish({
        requestId: 'one',
        method: 'GET',
        route: '/each',
        statusCode: 200,
        durationMs,
        bytes: 2,
        userId: undefined,
        organisationId: undefined,
      });
      response.end('ok');
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const found = await until(async () => {
    for (let request = 0; request < 5; request++) await (await fetch(`http://127.0.0.1:${port}/`)).text();
    return performance.profiler.snapshot().bottlenecks.find(({ rule }) => rule === 'n-plus-one');
  });
  expect(found).toMatchObject({
    subject: EACH,
    evidence: { repeatCount: 12 },
    location: expect.stringContaining('database-hand-off.test.ts'),
  });
  await new Promise((resolve) => server.close(resolve));
});
