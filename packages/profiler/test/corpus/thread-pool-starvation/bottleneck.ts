import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { reply, serve } from '../support/serve.ts';

const derive = promisify<string, string, number, Buffer>(scrypt);

async function keys(count: number): Promise<number> {
  const derived = await Promise.all(Array.from({ length: count }, (_, index) => derive('secret', `salt ${index}`, 32))); // <- here
  return derived.length;
}

await serve(async (_request, response) => reply(response, { count: await keys(16) }), {
  path: '/keys',
  requestCount: 6,
  pauseMs: 2,
});
