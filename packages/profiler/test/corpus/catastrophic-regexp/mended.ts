import { reply, serve } from '../support/serve.ts';

const NAME = /^[a-z]+(?: [a-z]+)*$/;

function isCustomer(name: string): boolean {
  return NAME.test(name);
}

await serve((_request, response) => reply(response, { known: isCustomer('aaaaaaaaaaaaaaaaaaaaaaaa!') }), {
  path: '/check',
  requestCount: 30,
});
