// Fastify packs each answer by itself, in a hook.
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import Fastify from 'fastify';
import { driveAndEnd } from '../sources/listen.ts';

const report = randomBytes(120_000).toString('hex');
const app = Fastify();
app.addHook('onSend', async (_request, reply, payload) => {
  reply.header('content-encoding', 'br');
  return brotliCompressSync(String(payload), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }); // <- here
});
app.get('/report', async () => ({ report }));
await driveAndEnd(await app.listen({ port: 0 }), { path: '/report', requestCount: 60, pauseMs: 20 }, () => app.close());
