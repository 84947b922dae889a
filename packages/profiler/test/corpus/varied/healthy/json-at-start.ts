// A large file is read once, before the server listens.
import { reply, serve } from '../../support/serve.ts';

const text = JSON.stringify(
  Array.from({ length: 400_000 }, (_, id) => ({ id, name: `place ${id}`, tags: ['a', 'b'] })),
);
const places: { readonly name: string }[] = JSON.parse(text);
let requestNumber = 0;
await serve((_request, response) => reply(response, places[(requestNumber += 1)] ?? {}), {
  path: '/place',
  requestCount: 300,
});
