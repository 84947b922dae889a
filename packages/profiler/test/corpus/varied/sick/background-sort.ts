// No request is to blame: a timer sorts a table beside them.
import { setTimeout as sleep } from 'node:timers/promises';
import { reply, serve } from '../../support/serve.ts';

const customers = Array.from({ length: 4_000 }, (_, id) => `Customer ${(id * 7919) % 4_000} é`);

function refreshOrder(): string {
  const ordered = [...customers].sort((one, other) => one.localeCompare(other, 'nl', { numeric: true })); // <- here
  return ordered[0] ?? '';
}

let first = '';
const timer = setInterval(() => (first = refreshOrder()), 400);
await serve(
  async (_request, response) => {
    await sleep(2);
    reply(response, { first });
  },
  { path: '/first', requestCount: 200, pauseMs: 8 },
  () => clearInterval(timer),
);
