// Forty calls of another service, five at a time.
import { reply, serve } from '../../support/serve.ts';
import { startUpstream } from '../../support/upstream.ts';

const upstream = await startUpstream(4);

async function readAll(count: number): Promise<number> {
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const answer = await fetch(`${upstream.url}/part/${next}`);
      await answer.arrayBuffer();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 5 }, lane));
  return done;
}

await serve(
  async (_request, response) => reply(response, { done: await readAll(40) }),
  { path: '/collect', requestCount: 14, concurrency: 1 },
  () => upstream.close(),
);
