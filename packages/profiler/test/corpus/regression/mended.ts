import { announceRelease } from '../support/release.ts';
import { reply, serve } from '../support/serve.ts';

let requestNumber = 0;

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until);
}

await serve(
  (_request, response) => {
    requestNumber += 1;
    if (requestNumber === 260) announceRelease('2.1.0');
    spin(2);
    reply(response, { requestNumber });
  },
  { path: '/quote', requestCount: 520, pauseMs: 1, concurrency: 1 },
);
