import { setTimeout as sleep } from 'node:timers/promises';
import { createCache } from '@dataguardian/cache';
import { reply, serve } from '../support/serve.ts';

const cache = createCache();
const names = cache.namespace<string>('names', { ttlMs: 60_000 });
let requestNumber = 0;

async function name(): Promise<string> {
  requestNumber += 1;
  const load = async (): Promise<string> => {
    await sleep(5);
    return 'name';
  };
  return (await names.getOrSet(String(requestNumber % 20), load)) ?? '';
}

await serve(
  async (_request, response) => reply(response, { name: await name() }),
  { path: '/name', requestCount: 300, concurrency: 8 },
  () => cache.close(),
);
