import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(2, 503);

async function stock(): Promise<string> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const answer = await fetch(`${upstream.url}/stock`); // <- here
    const text = await answer.text();
    if (answer.ok) return text;
  }
  return 'unknown';
}

await serve(
  async (_request, response) => reply(response, { stock: await stock() }),
  { path: '/stock', requestCount: 15 },
  () => upstream.close(),
);
