// A server for bench/sessions.ts: `bare`, `sessions` or `admission`, with so many sessions in a real PostgreSQL.
import fastify from 'fastify';
import { createDatabase } from '../packages/database/src/index.ts';
import {
  createAdmissionPlugin,
  createSessions,
  createSessionsPlugin,
  sessionsMigrationSql,
  sessionsMigrationSqlV2,
} from '../packages/sessions/src/index.ts';
import { ownPostgresForTest } from '../packages/testing/src/index.ts';

const WORK_MS = 5;
const [mode = 'sessions', count = '1'] = process.argv.slice(2);
const app = fastify();
const tokens: string[] = [];
let stop = async (): Promise<void> => undefined;

if (mode === 'bare') tokens.push('none');
else {
  const postgres = await ownPostgresForTest();
  const database = createDatabase({ connectionString: postgres.connectionString });
  await database.query('create role dataguardian_app');
  await database.query(sessionsMigrationSql);
  await database.query(sessionsMigrationSqlV2);
  const sessions = createSessions({ database });
  const device = { userAgent: 'bench', address: '127.0.0.1' };
  for (let user = 0; user < Number(count); user++)
    tokens.push((await sessions.start({ userId: `user${user}`, roles: [], device })).token);
  await app.register(createSessionsPlugin(sessions, { secure: () => false }));
  if (mode === 'admission') await app.register(createAdmissionPlugin());
  stop = async () => {
    await sessions.close();
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
await app.listen({ port: 0, host: '127.0.0.1' });
process.on('message', (message) => {
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  void app
    .close()
    .then(stop)
    .then(() => process.exit(0));
});
const address = app.server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : undefined, tokens });
