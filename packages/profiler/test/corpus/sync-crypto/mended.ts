import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { reply, serve } from '../support/serve.ts';

async function verify(password: string): Promise<string> {
  return (await promisify(pbkdf2)(password, 'salt', 120_000, 32, 'sha256')).toString('hex');
}

await serve(async (_request, response) => reply(response, { token: await verify('secret') }), {
  path: '/login',
  requestCount: 16,
});
