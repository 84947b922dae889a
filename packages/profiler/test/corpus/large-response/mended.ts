import { reply, serve } from '../support/serve.ts';

const customers = Array.from({ length: 30_000 }, (_, id) => ({ id, name: `customer ${id}`, city: 'Utrecht' }));

await serve((_request, response) => reply(response, { customers: customers.slice(0, 50), next: 50 }), {
  path: '/customers',
  requestCount: 12,
  pauseMs: 20,
});
