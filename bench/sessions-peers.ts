// Peers with a store on the server, as their documentation sets them up: @fastify/session and express-session, both with
// connect-redis. Loaded where they are installed (bench/ has a lock of its own).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request, type RequestHandler } from 'express';
import fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { createClient } from 'redis';

/** A server that waits for requests. */
export interface PeerServer {
  readonly port: number;
  /** The cookies of signed-in users, as a browser sends them. */
  readonly cookies: readonly string[];
  close(): Promise<void>;
}

interface PeerData {
  user?: string;
  count?: number;
  [key: string]: unknown;
}
type Holder = { session: PeerData & { destroy(done: (error?: unknown) => void): void } };

const SECRET = 'a secret of more than thirty-two characters';
const TTL_SECONDS = 3_600;
const WORK_MS = 20;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function importPeer<Shape>(name: string, member: string): Promise<Shape> {
  const module = (await import(name)) as Record<string, Shape>;
  const found = module[member];
  if (found === undefined) throw new Error(`${name} has no ${member}.`);
  return found;
}

async function redisStore(client: unknown): Promise<unknown> {
  const RedisStore = await importPeer<new (options: object) => unknown>('connect-redis', 'RedisStore');
  return new RedisStore({ client, ttl: TTL_SECONDS });
}

async function connect() {
  const client = createClient({ url: process.env['BENCH_REDIS_URL'] ?? '' });
  await client.connect();
  return client;
}

/** @fastify/session with Redis. */
async function startFastifySession(count: number): Promise<PeerServer> {
  const client = await connect();
  const app = fastify();
  await app.register(await importPeer<FastifyPluginCallback>('@fastify/cookie', 'default'));
  await app.register(await importPeer<FastifyPluginCallback<Record<string, unknown>>>('@fastify/session', 'default'), {
    secret: SECRET,
    cookie: { secure: false },
    saveUninitialized: false,
    rolling: false,
    store: await redisStore(client),
  });
  const sessionOf = (request: unknown): Holder['session'] => (request as Holder).session;
  addFastifyRoutes(app, sessionOf);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    cookies: await signIn(port, count),
    async close() {
      await app.close();
      client.destroy();
    },
  };
}

function addFastifyRoutes(app: FastifyInstance, sessionOf: (request: unknown) => Holder['session']): void {
  app.post('/sign-in/:user', (request) => {
    sessionOf(request).user = (request.params as { user: string }).user;
    return { ok: true };
  });
  app.get('/who', (request, reply) => (sessionOf(request).user === undefined ? reply.code(401).send() : { ok: true }));
  app.post('/increment', async (request) => {
    const session = sessionOf(request);
    const before = session.count ?? 0;
    await pause(WORK_MS);
    session.count = before + 1;
    return { ok: true };
  });
  app.post('/set/:key', async (request) => {
    await pause(WORK_MS);
    sessionOf(request)[(request.params as { key: string }).key] = true;
    return { ok: true };
  });
  app.get('/data', (request) => {
    const session = sessionOf(request);
    return { count: session.count ?? 0, keys: countKeys(session) };
  });
  app.post('/sign-out', (request, reply) => {
    sessionOf(request).destroy(() => void reply.send({ ok: true }));
  });
}

/** express-session with Redis; `bare` leaves the sessions out. */
async function startExpress(count: number, bare: boolean): Promise<PeerServer> {
  const app: Express = express();
  const client = bare ? undefined : await connect();
  if (client !== undefined) {
    const session = await importPeer<(options: object) => RequestHandler>('express-session', 'default');
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false, store: await redisStore(client) }));
  }
  const sessionOf = (request: Request): Holder['session'] => (request as unknown as Holder).session;
  app.post('/sign-in/:user', (request, response) => {
    sessionOf(request).user = request.params['user'] ?? '';
    response.json({ ok: true });
  });
  app.get('/who', (request, response) => {
    if (!bare && sessionOf(request).user === undefined) response.status(401).end();
    else response.json({ ok: true });
  });
  app.post('/increment', async (request, response) => {
    const session = sessionOf(request);
    const before = session.count ?? 0;
    await pause(WORK_MS);
    session.count = before + 1;
    response.json({ ok: true });
  });
  app.post('/set/:key', async (request, response) => {
    await pause(WORK_MS);
    sessionOf(request)[request.params['key'] ?? ''] = true;
    response.json({ ok: true });
  });
  app.get('/data', (request, response) => {
    response.json({ count: sessionOf(request).count ?? 0, keys: countKeys(sessionOf(request)) });
  });
  app.post('/sign-out', (request, response) => {
    sessionOf(request).destroy(() => response.json({ ok: true }));
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cookies: bare ? ['none=none'] : await signIn(port, count),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      client?.destroy();
    },
  };
}

function countKeys(session: PeerData): number {
  return Object.keys(session).filter((key) => key.startsWith('key')).length;
}

async function signIn(port: number, count: number): Promise<string[]> {
  const cookies: string[] = [];
  for (let user = 0; user < count; user += 25)
    cookies.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(25, count - user) }, async (_, index) => {
          const answer = await fetch(`http://127.0.0.1:${port}/sign-in/user${user + index}`, { method: 'POST' });
          return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
        }),
      )),
    );
  return cookies;
}

/** The peers by the name that the benchmark gives them. */
export const PEERS: Readonly<Record<string, (count: number) => Promise<PeerServer>>> = {
  'fastify-session': startFastifySession,
  'express-bare': (count) => startExpress(count, true),
  'express-session': (count) => startExpress(count, false),
};
