import { serve } from '../support/serve.ts';

const orders = Array.from({ length: 60_000 }, (_, id) => ({ id, name: `order ${id}`, lines: [id, id + 1, id + 2] }));

function summary(): string {
  const copy: unknown = JSON.parse(JSON.stringify(orders)); // <- here
  return Array.isArray(copy) ? String(copy.length) : '';
}

await serve((_request, response) => response.end(summary()) && undefined, { path: '/orders', requestCount: 14 });
