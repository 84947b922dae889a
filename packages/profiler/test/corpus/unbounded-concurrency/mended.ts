import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(15);

async function refreshAll(): Promise<number> {
  const ids = Array.from({ length: 16 }, (_, id) => id);
  let count = 0;
  while (ids.length > 0) {
    const answers = await Promise.all(
      ids.splice(0, 8).map(async (id) => (await fetch(`${upstream.url}/item/${id}`)).text()),
    );
    count += answers.length;
  }
  return count;
}

await serve(
  async (_request, response) => reply(response, { count: await refreshAll() }),
  { path: '/refresh', requestCount: 8, concurrency: 1, pauseMs: 30 },
  () => upstream.close(),
);
