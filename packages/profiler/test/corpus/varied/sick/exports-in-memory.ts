// Whole exports are kept in the cache, through getOrSet.
import { createCache } from '@dataguardian/cache';
import Fastify from 'fastify';
import { driveAndEnd } from '../sources/listen.ts';

const cache = createCache({ memoryMaxBytes: 96 * 1024 * 1024 });
const files = cache.namespace<string>('exports', { ttlMs: 60_000 });
const app = Fastify();
let request = 0;

app.get('/export', async () => {
  const key = `customer ${request++ % 4}`;
  const file = await files.getOrSet(key, async () => 'x'.repeat(6_000_000)); // <- here
  return { size: file.length };
});

await driveAndEnd(await app.listen({ port: 0 }), { path: '/export', requestCount: 60 }, async () => {
  await app.close();
  await cache.close();
});
