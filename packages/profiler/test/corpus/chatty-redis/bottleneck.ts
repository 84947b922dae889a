import { createClient } from 'redis';
import { reply, serve } from '../support/serve.ts';

const redis = createClient({ url: process.env['REDIS_URL'] ?? '' });
await redis.connect();
const keys = Array.from({ length: 40 }, (_, index) => `chatty-a:${index}`);
for (const key of keys) await redis.set(key, 'value');

async function settings(): Promise<number> {
  let length = 0;
  for (const key of keys) length += (await redis.get(key))?.length ?? 0; // <- here
  return length;
}

await serve(
  async (_request, response) => reply(response, { length: await settings() }),
  { path: '/settings', requestCount: 20 },
  () => redis.destroy(),
);
