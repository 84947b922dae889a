import { EventEmitter, once } from 'node:events';
import { reply, serve } from '../support/serve.ts';

const prices = new EventEmitter();
let latest = 0;

await serve(
  async (_request, response) => {
    const change = once(prices, 'change');
    prices.emit('change', ++latest);
    await change;
    reply(response, { latest });
  },
  { path: '/prices', requestCount: 30 },
);
