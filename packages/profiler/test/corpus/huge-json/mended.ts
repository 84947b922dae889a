import { serve } from '../support/serve.ts';

const orders = Array.from({ length: 60_000 }, (_, id) => ({ id, name: `order ${id}`, lines: [id, id + 1, id + 2] }));

await serve((_request, response) => response.end(JSON.stringify({ count: orders.length })) && undefined, {
  path: '/orders',
  requestCount: 14,
});
