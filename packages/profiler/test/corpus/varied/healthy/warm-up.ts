// The first requests are slow because they fill what the others use.
import { setTimeout as sleep } from 'node:timers/promises';
import { announceRelease } from '../../support/release.ts';
import { reply, serve } from '../../support/serve.ts';

announceRelease('4.0.0');
let requestNumber = 0;
await serve(
  async (_request, response) => {
    requestNumber += 1;
    await sleep(requestNumber < 20 ? 60 : 6);
    reply(response, { requestNumber });
  },
  { path: '/quote', requestCount: 260, pauseMs: 2 },
);
