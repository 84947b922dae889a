import { setImmediate as nextTurn } from 'node:timers/promises';
import { reply, serve } from '../support/serve.ts';

async function sum(count: number): Promise<number> {
  let total = 0;
  for (let index = 0; index < count; index++) {
    total += Math.sqrt(index);
    if (index % 20_000 === 0) await nextTurn();
  }
  return total;
}

await serve(async (_request, response) => reply(response, { sum: await sum(400_000) }), {
  path: '/sum',
  requestCount: 20,
  pauseMs: 30,
  concurrency: 1,
});
