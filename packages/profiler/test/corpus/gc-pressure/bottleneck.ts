import { reply, serve } from '../support/serve.ts';

const recent: object[][] = [];

function rows(): number {
  const batch = Array.from({ length: 30_000 }, (_, id) => ({ id, name: `row ${id}`, tags: [id, { id }] })); // <- here
  recent.push(batch);
  if (recent.length > 6) recent.shift();
  return batch.length;
}

await serve((_request, response) => reply(response, { count: rows() }), {
  path: '/rows',
  requestCount: 320,
  pauseMs: 1,
});
