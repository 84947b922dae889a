// What the other service said holds for a while.
import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const rates = await startUpstream(280);
const rate = async (): Promise<unknown> => (await fetch(`${rates.url}/euro`)).json();
let known = await rate();
const timer = setInterval(() => void rate().then((fresh) => (known = fresh)), 500);

await serve(
  (_request, response) => reply(response, { rate: known }),
  { path: '/price', requestCount: 400, concurrency: 6 },
  () => {
    clearInterval(timer);
    return rates.close();
  },
);
