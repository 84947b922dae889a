import { createCache } from '@dataguardian/cache';
import { reply, serve } from '../support/serve.ts';

const cache = createCache();
const catalogues = cache.namespace<string[]>('catalogues', { ttlMs: 60_000 });
const lines = Array.from({ length: 40000 }, (_, line) => `line ${line} of the catalogue`);
let requestNumber = 0;

async function catalogue(): Promise<number> {
  requestNumber += 1;
  const known = await catalogues.get(`${requestNumber}`); // <- here
  if (known !== undefined) return known.length;
  await catalogues.set(`${requestNumber}`, [...lines]);
  return lines.length;
}

await serve(
  async (_request, response) => reply(response, { length: await catalogue() }),
  { path: '/catalogue', requestCount: 12, pauseMs: 40 },
  () => cache.close(),
);
