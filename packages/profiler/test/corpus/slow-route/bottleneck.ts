import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const rates = await startUpstream(280);

async function rate(): Promise<unknown> {
  const answer = await fetch(`${rates.url}/euro`); // <- here
  return answer.json();
}

await serve(
  async (_request, response) => reply(response, { rate: await rate() }),
  { path: '/price', requestCount: 48, concurrency: 6 },
  () => rates.close(),
);
