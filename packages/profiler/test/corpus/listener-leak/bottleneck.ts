import { EventEmitter } from 'node:events';
import { reply, serve } from '../support/serve.ts';

const prices = new EventEmitter();
let latest = 0;

function subscribe(): void {
  const keep = (price: number): void => {
    latest = price;
  };
  prices.on('change', keep); // <- here
}

await serve(
  (_request, response) => {
    subscribe();
    prices.emit('change', latest + 1);
    reply(response, { latest });
  },
  { path: '/prices', requestCount: 30 },
);
