// Each request listens to an event target of the whole process and never stops.
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, serve } from '../../support/serve.ts';

const shutdown = new EventTarget();
let open = 0;

async function work(): Promise<number> {
  open += 1;
  shutdown.addEventListener('abort', () => (open -= 1)); // <- here
  await sleep(2);
  return open;
}

await serve(async (_request, response) => reply(response, { open: await work() }), {
  path: '/work',
  requestCount: 60,
});
