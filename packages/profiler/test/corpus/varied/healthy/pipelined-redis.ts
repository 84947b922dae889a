// Thirty values in one round trip, and one write after the answer of one read.
import { createClient } from 'redis';
import { reply, serve } from '../../support/serve.ts';

const redis = createClient({ url: process.env['REDIS_URL'] ?? '' });
await redis.connect();
const keys = Array.from({ length: 30 }, (_, index) => `varied:${index}`);
for (const key of keys) await redis.set(key, 'value');

async function visit(): Promise<number> {
  const visits = Number((await redis.get('varied:visits')) ?? 0);
  await redis.set('varied:visits', visits + 1);
  const batch = redis.multi();
  for (const key of keys) batch.get(key);
  return (await batch.exec()).length;
}

await serve(
  async (_request, response) => reply(response, { count: await visit() }),
  { path: '/visit', requestCount: 120 },
  () => redis.destroy(),
);
