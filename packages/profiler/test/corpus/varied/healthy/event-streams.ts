// Browsers hold streams of events open while a plain route answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, serve } from '../../support/serve.ts';

let price = 100;
await serve(
  async (request, response) => {
    if (request.url !== '/prices') return reply(response, { price });
    response.setHeader('content-type', 'text/event-stream');
    for (let count = 0; count < 25; count++) {
      price += 1;
      response.write(`data: ${price}\n\n`);
      await sleep(60);
    }
    response.end();
    return undefined;
  },
  { path: '/prices', paths: ['/prices', '/price', '/price', '/price'], requestCount: 120, concurrency: 12 },
);
