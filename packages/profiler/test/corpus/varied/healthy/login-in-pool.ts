// Passwords are hashed in the thread pool, two at a time.
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { reply, serve } from '../../support/serve.ts';

const derive = promisify<string, string, number, Buffer>(scrypt);
await serve(async (_request, response) => reply(response, { hash: (await derive('secret', 'salt', 32)).length }), {
  path: '/login',
  requestCount: 50,
  pauseMs: 30,
});
