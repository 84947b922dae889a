// The moment of the request is a part of the key, so that nothing is ever found.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCache } from '@dataguardian/cache';
import { Pool } from 'pg';
import { driveAndEnd } from '../sources/listen.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 5 });
const cache = createCache();
const pages = cache.namespace<readonly unknown[]>('pages', { ttlMs: 60_000 });

async function page(): Promise<readonly unknown[]> {
  const key = `home ${performance.now()}`;
  return pages.getOrSet(key, async () => (await pool.query('select 1 as one, pg_sleep(0.004)')).rows); // <- here
}

const server = createServer((_request, response) => {
  void page().then((rows) => response.end(JSON.stringify(rows)));
});
await new Promise<void>((resolve) => server.listen(0, resolve));
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(
  `http://127.0.0.1:${port}`,
  { path: '/home', requestCount: 700, concurrency: 4, pauseMs: 1 },
  async () => {
    server.close();
    await pool.end();
    await cache.close();
  },
);
