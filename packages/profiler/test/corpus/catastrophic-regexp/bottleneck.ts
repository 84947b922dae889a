import { reply, serve } from '../support/serve.ts';

const NAME = /^([a-z]+ ?)+$/;

function isCustomer(name: string): boolean {
  return NAME.test(name); // <- here
}

await serve((_request, response) => reply(response, { known: isCustomer('aaaaaaaaaaaaaaaaaaaaaa!') }), {
  path: '/check',
  requestCount: 6,
});
