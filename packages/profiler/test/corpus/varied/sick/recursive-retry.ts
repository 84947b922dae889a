// A retry that calls itself at once when the other service fails.
import { reply, serve } from '../../support/serve.ts';
import { startUpstream } from '../../support/upstream.ts';

const upstream = await startUpstream(3, 503);

async function fetchRate(attempt = 1): Promise<number> {
  const answer = await fetch(`${upstream.url}/rate`); // <- here
  await answer.arrayBuffer();
  if (answer.ok) return 1;
  return attempt < 12 ? fetchRate(attempt + 1) : 0;
}

await serve(
  async (_request, response) => reply(response, { rate: await fetchRate() }),
  { path: '/rate', requestCount: 24 },
  () => upstream.close(),
);
