// One call in six fails and is tried again after a pause, at most twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, serve } from '../../support/serve.ts';
import { startUpstream } from '../../support/upstream.ts';

const [good, bad] = await Promise.all([startUpstream(5), startUpstream(5, 503)]);
let callCount = 0;

async function rate(): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    callCount += 1;
    const answer = await fetch(`${callCount % 6 === 0 ? bad.url : good.url}/rate`);
    await answer.arrayBuffer();
    if (answer.ok) return true;
    await sleep(20 * 2 ** attempt);
  }
  return false;
}

await serve(
  async (_request, response) => reply(response, { rate: await rate() }),
  { path: '/rate', requestCount: 80 },
  async () => {
    await good.close();
    await bad.close();
  },
);
