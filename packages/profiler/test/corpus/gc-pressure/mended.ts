import { reply, serve } from '../support/serve.ts';

const rows = Array.from({ length: 30_000 }, (_, id) => ({ id, name: `row ${id}`, tags: [id, { id }] }));

await serve((_request, response) => reply(response, { count: rows.length }), {
  path: '/rows',
  requestCount: 60,
  pauseMs: 5,
});
