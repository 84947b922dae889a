import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const prices = await startUpstream(260);

async function offers(): Promise<unknown> {
  const answer = await fetch(prices.url);
  return answer.json();
}

await serve(
  async (_request, response) => reply(response, { offers: await offers() }),
  { path: '/offers', requestCount: 30, concurrency: 3 },
  () => prices.close(),
);
