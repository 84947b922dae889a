// A node for bench/sessions-faults.ts: signed-in route, sign-in and sign-out over the whole platform (all tiers on).
import fastify from 'fastify';
import { createPerformance } from '../packages/performance/src/index.ts';

const [connectionString = '', redisUrl = '', journalFolder = ''] = process.argv.slice(2);
const performance = createPerformance({
  database: { connectionString, minConnections: 1, maxConnections: 8, acquireTimeoutMs: 2_000 },
  redisUrl,
  cache: { encryption: { currentKeyId: 'k', keys: { k: new Uint8Array(32).fill(7) } } },
  sessions: { journalFolder, leaseMs: 5_000 },
});
const app = fastify();
await app.register(performance.sessionsPlugin({ secure: () => false }));
app.get('/who', (request, reply) =>
  request.session === undefined ? reply.code(401).send() : { user: request.session.userId },
);
app.get<{ Params: { user: string } }>('/sign-in/:user', async ({ params }) => {
  const device = { userAgent: 'bench', address: '127.0.0.1' };
  return { token: (await performance.sessions.start({ userId: params.user, roles: [], device })).token };
});
app.get('/sign-out', async ({ session }) => {
  if (session !== undefined) await performance.sessions.revoke(session.handle);
  return {};
});
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
process.send?.(typeof address === 'object' ? address?.port : undefined);
process.once('disconnect', () => process.exit(1));
