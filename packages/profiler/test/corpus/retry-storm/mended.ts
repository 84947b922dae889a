import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(2, 503);

let openUntil = 0;

async function stock(): Promise<string> {
  if (performance.now() < openUntil) return 'unknown';
  const answer = await fetch(`${upstream.url}/stock`);
  const text = await answer.text();
  if (answer.ok) return text;
  openUntil = performance.now() + 200;
  return 'unknown';
}

await serve(
  async (_request, response) => reply(response, { stock: await stock() }),
  { path: '/stock', requestCount: 40 },
  () => upstream.close(),
);
