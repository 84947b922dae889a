// An object copied for each of its entries: 150 ms a request and more, which no fast machine makes less than a block.
import { reply, serve } from '../../support/serve.ts';

const rows = Array.from({ length: 1_400 }, (_, id) => ({ key: `key-${id}`, value: id }));

function byKey(): Record<string, number> {
  return rows.reduce<Record<string, number>>((known, { key, value }) => ({ ...known, [key]: value }), {}); // <- here
}

await serve((_request, response) => reply(response, { count: Object.keys(byKey()).length }), {
  path: '/index',
  requestCount: 30,
  pauseMs: 20,
});
