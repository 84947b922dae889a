import { createCache } from '@dataguardian/cache';
import { reply, serve } from '../support/serve.ts';

const cache = createCache();
const pages = cache.namespace<string>('pages', { ttlMs: 60_000 });
let requestNumber = 0;

async function page(): Promise<string> {
  requestNumber += 1;
  const key = `${requestNumber % 40}`;
  const known = await pages.get(key);
  if (known !== undefined) return known;
  await pages.set(key, 'page');
  return 'page';
}

await serve(
  async (_request, response) => {
    for (let part = 0; part < 5; part++) await page();
    reply(response, { page: await page() });
  },
  { path: '/page', requestCount: 150 },
  () => cache.close(),
);
