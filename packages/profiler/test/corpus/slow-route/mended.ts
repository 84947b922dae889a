// What the other service said holds for a while.
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const rates = await startUpstream(280);
const rate = async (): Promise<unknown> => (await fetch(`${rates.url}/euro`)).json();
let known = await rate();
let isOpen = true;
const renewing = (async (): Promise<void> => {
  while (isOpen) {
    await sleep(300);
    known = await rate();
  }
})();

await serve(
  (_request, response) => reply(response, { rate: known }),
  { path: '/price', requestCount: 400, concurrency: 6 },
  async () => {
    isOpen = false;
    await renewing;
    await rates.close();
  },
);
