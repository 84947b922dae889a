import { reply, serve } from '../support/serve.ts';

const items = Array.from({ length: 200 }, (_, id) => ({ id, name: `item ${id}` }));
await serve(
  (request, response) =>
    reply(
      response,
      items.filter(({ id }) => id % 10 === (request.url ?? '').length % 10),
    ),
  {
    path: '/items',
    paths: ['/items', '/items/1', '/items/22', '/about'],
    requestCount: 300,
    concurrency: 4,
    pauseMs: 4,
  },
);
