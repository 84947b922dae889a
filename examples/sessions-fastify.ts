// Sessions and fair turns in a Fastify server. Run: DATABASE_URL=postgresql://… node examples/sessions-fastify.ts
import { createDatabase } from '@dataguardian/database';
import {
  createAdmissionPlugin,
  createSessions,
  createSessionsPlugin,
  sessionsInstallSql,
} from '@dataguardian/sessions';
import fastify from 'fastify';

const database = createDatabase({
  connectionString: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:5432/postgres',
});
await database.query(sessionsInstallSql);
const sessions = createSessions({ database });

const app = fastify();
await app.register(createSessionsPlugin(sessions, { secure: (request) => request.protocol === 'https' }));
await app.register(createAdmissionPlugin());
app.post('/sign-in', async ({ headers, ip }, reply) => {
  // Check the password here.
  const { token } = await sessions.start({
    userId: 'anna',
    roles: ['reader'],
    device: { userAgent: headers['user-agent'] ?? '', address: ip },
  });
  return reply.setSessionCookie(token).send({ ok: true });
});
app.get('/me', (request) => ({ user: request.session?.userId ?? null }));

const signedIn = await app.inject({ method: 'POST', url: '/sign-in' });
const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
const me = await app.inject({ url: '/me', headers: { cookie } });
const stranger = await app.inject({ url: '/me' });
console.log(`with the cookie: ${me.body}, without: ${stranger.body}`);

await app.close();
await sessions.close();
await database.close();
