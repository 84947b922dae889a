import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(15);

async function refreshAll(): Promise<number> {
  const ids = Array.from({ length: 120 }, (_, id) => id);
  const answers = await Promise.all(ids.map(async (id) => (await fetch(`${upstream.url}/item/${id}`)).text())); // <- here
  return answers.length;
}

await serve(
  async (_request, response) => reply(response, { count: await refreshAll() }),
  { path: '/refresh', requestCount: 4, concurrency: 1, pauseMs: 50 },
  () => upstream.close(),
);
