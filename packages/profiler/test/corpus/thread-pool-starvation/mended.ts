import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { reply, serve } from '../support/serve.ts';

const derive = promisify<string, string, number, Buffer>(scrypt);
let key: Promise<Buffer> | undefined;

/** One key is enough, and it is made once. */
function theKey(): Promise<Buffer> {
  key ??= derive('secret', 'salt', 32);
  return key;
}

await serve(async (_request, response) => reply(response, { length: (await theKey()).length }), {
  path: '/keys',
  requestCount: 40,
});
