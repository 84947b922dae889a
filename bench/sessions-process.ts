// A server for bench/sessions.ts: `bare`, `sessions` or `admission`, with so many sessions in a real PostgreSQL and, where
// there is one, a real Redis; or one of the peers.
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { createCache } from '../packages/cache/src/index.ts';
import { createDatabase } from '../packages/database/src/index.ts';
import {
  createAdmissionPlugin,
  createSessions,
  createSessionsPlugin,
  sessionsInstallSql,
  type SessionRecord,
} from '../packages/sessions/src/index.ts';
import { ownPostgresForTest } from '../packages/testing/src/index.ts';
import { PEERS, type PeerServer } from './sessions-peers.ts';

const WORK_MS = 5;
const PAUSE_MS = 20;
const AT_ONCE = 50;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

async function startOurs(mode: string, count: number): Promise<PeerServer> {
  const app = fastify();
  const cookies: string[] = [];
  let stop = async (): Promise<void> => undefined;
  if (mode === 'bare') cookies.push('none=none');
  else {
    const postgres = await ownPostgresForTest();
    const database = createDatabase({ connectionString: postgres.connectionString });
    await database.query('create role dataguardian_app');
    await database.query(sessionsInstallSql);
    const redisUrl = process.env['BENCH_REDIS_URL'];
    const cache = redisUrl === undefined ? undefined : createCache({ redisUrl });
    const sharedTier = cache?.namespace<SessionRecord>('sessions', { ttlMs: 1_800_000 });
    const sessions = createSessions({ database, ...(sharedTier === undefined ? {} : { sharedTier }) });
    const device = { userAgent: 'bench', address: '127.0.0.1' };
    for (let user = 0; user < count; user += AT_ONCE) {
      const opened = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - user) }, async (_, index) =>
          sessions.start({ userId: `user${user + index}`, roles: [], device }),
        ),
      );
      cookies.push(...opened.map(({ token }) => `dataguardian=${token}`));
    }
    await app.register(createSessionsPlugin(sessions, { secure: () => false }));
    if (mode === 'admission') await app.register(createAdmissionPlugin());
    app.post('/sign-out', async ({ session }) => {
      if (session !== undefined) await sessions.revoke(session.handle);
      return { ok: true };
    });
    stop = async () => {
      await sessions.close();
      await cache?.close();
      await database.close();
      await postgres.stop();
    };
  }
  app.get('/who', (request, reply) => {
    if (mode !== 'bare' && request.session === undefined) return reply.code(401).send();
    return { ok: true };
  });
  app.get('/work', (_request, reply) => {
    const until = performance.now() + WORK_MS;
    while (performance.now() < until);
    return reply.send({ ok: true });
  });
  app.post('/increment', async ({ session }) => {
    await pause();
    await session?.increment('count');
    return { ok: true };
  });
  app.post<{ Params: { key: string } }>('/set/:key', async ({ session, params }) => {
    await pause();
    await session?.set(params.key, true);
    return { ok: true };
  });
  app.get('/data', ({ session }) => ({
    count: session?.get('count') ?? 0,
    keys: Array.from({ length: AT_ONCE }, (_, index) => session?.get(`key${index}`)).filter(Boolean).length,
  }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: (app.server.address() as AddressInfo).port,
    cookies,
    async close() {
      await app.close();
      await stop();
    },
  };
}

const [mode = 'sessions', count = '1'] = process.argv.slice(2);
const peer = PEERS[mode];
const server = await (peer === undefined ? startOurs(mode, Number(count)) : peer(Number(count)));
process.on('message', (message) => {
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  void server.close().then(() => process.exit(0));
});
process.send?.({ port: server.port, cookies: server.cookies });
