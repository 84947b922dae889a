import { setTimeout as sleep } from 'node:timers/promises';
import { createCache } from '@dataguardian/cache';
import { reply, serve } from '../support/serve.ts';

const cache = createCache();
const prices = cache.namespace<number>('prices', { ttlMs: 150 });

async function price(): Promise<number> {
  return (
    (await prices.getOrSet('total', async () => {
      await sleep(60);
      return 42;
    })) ?? 0
  );
}

await serve(
  async (_request, response) => reply(response, { price: await price() }),
  { path: '/price', requestCount: 300, concurrency: 16 },
  () => cache.close(),
);
