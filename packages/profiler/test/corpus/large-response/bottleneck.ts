import { serve } from '../support/serve.ts';

const customers = JSON.stringify(
  Array.from({ length: 30_000 }, (_, id) => ({ id, name: `customer ${id}`, city: 'Utrecht' })),
);

await serve(
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(customers);
  },
  { path: '/customers', requestCount: 12, pauseMs: 20 },
);
