import { pbkdf2Sync } from 'node:crypto';
import { reply, serve } from '../support/serve.ts';

function verify(password: string): string {
  return pbkdf2Sync(password, 'salt', 120_000, 32, 'sha256').toString('hex'); // <- here
}

await serve((_request, response) => reply(response, { token: verify('secret') }), { path: '/login', requestCount: 16 });
