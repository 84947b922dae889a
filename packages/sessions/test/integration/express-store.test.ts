import {
  createDatabaseBlobs,
  createExpressStore,
  createMemoryBlobs,
  createRedisBlobs,
  expressSessionsMigrationSql,
  type BlobStore,
} from '@dataguardian/sessions';
import { createFakeClock, postgresForTest, redisForTest, type FakeClock } from '@dataguardian/testing';
import express from 'express';
import session from 'express-session';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

declare module 'express-session' {
  interface SessionData {
    user: string;
    visits: number;
  }
}

interface Place {
  readonly blobs: (clock?: FakeClock) => BlobStore;
  /** Everything that lies there, as text. */
  readonly dump: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  memory: () => {
    let blobs: BlobStore | undefined;
    return Promise.resolve({
      blobs: (clock) => (blobs ??= createMemoryBlobs(clock === undefined ? {} : { clock })),
      dump: async () => JSON.stringify(await blobs?.all()),
      close: () => Promise.resolve(),
    });
  },
  redis: async () => {
    const redis = await redisForTest();
    const client = createClient({ url: redis.url });
    await client.connect();
    return {
      blobs: (clock) => createRedisBlobs({ client, ...(clock === undefined ? {} : { clock }) }),
      dump: async () => JSON.stringify(await client.keys('*')),
      async close() {
        client.destroy();
        await redis.close();
      },
    };
  },
  PostgreSQL: async () => {
    const postgres = await postgresForTest();
    const pool = new Pool({ connectionString: postgres.url, max: 3 });
    pool.on('error', () => undefined);
    await pool.query(expressSessionsMigrationSql);
    const database = {
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
        pool.query<Row>(text, [...values]),
    };
    return {
      blobs: (clock) => createDatabaseBlobs({ database, ...(clock === undefined ? {} : { clock }) }),
      dump: async () => JSON.stringify((await pool.query('select * from express_sessions')).rows),
      async close() {
        await pool.end();
        await postgres.close();
      },
    };
  },
};

describe.each(Object.keys(PLACES))('sessions of express-session in %s', (name) => {
  let place: Place;
  beforeEach(async () => {
    const open = PLACES[name];
    if (open === undefined) throw new Error(`no place ${name}`);
    place = await open();
  });
  afterEach(() => place.close());

  it('are read as they were written, until they end or are removed', async () => {
    const blobs = place.blobs();
    const end = Date.now() + 60_000;
    await blobs.write('a', '{"user":"anna"}', end);
    await blobs.write('b', '{"user":"bert"}', end);
    expect((await blobs.read('a'))?.body).toBe('{"user":"anna"}');
    expect(await blobs.count()).toBe(2);
    await blobs.remove('a');
    expect(await blobs.read('a')).toBeUndefined();
    expect(await blobs.all()).toEqual(['{"user":"bert"}']);
    await blobs.clear();
    expect(await blobs.count()).toBe(0);
  });

  it('are not brought back by a write or a touch that comes after the removal', async () => {
    const blobs = place.blobs();
    const end = Date.now() + 60_000;
    await blobs.write('a', '1', end);
    await blobs.remove('a');
    await blobs.write('a', '2', end);
    await blobs.touch('a', end);
    expect(await blobs.read('a')).toBeUndefined();
    expect(await blobs.count()).toBe(0);
  });

  it('have their end put off by a touch, which writes no data', async () => {
    const blobs = place.blobs();
    await blobs.write('a', '1', Date.now() + 60_000);
    await blobs.touch('a', Date.now() + 120_000);
    const read = await blobs.read('a');
    expect(read?.body).toBe('1');
    expect((read?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(90_000);
    await blobs.touch('unknown', Date.now() + 60_000);
    expect(await blobs.read('unknown')).toBeUndefined();
  });

  it('serve a real Express application: sign-in, use, sign-out during a slow request', async () => {
    const app = express();
    let isWaiting = false;
    let goOn = (): void => undefined;
    app.use(
      session({
        secret: 'a secret of the test',
        resave: false,
        saveUninitialized: false,
        cookie: { maxAge: 60_000 },
        store: createExpressStore(session.Store, { blobs: place.blobs() }),
      }),
    );
    app.post('/sign-in', (request, response) => {
      request.session.user = 'anna';
      response.json({});
    });
    app.get('/who', (request, response) => void response.json({ user: request.session.user ?? null }));
    app.get('/slow', (request, response) => {
      isWaiting = true;
      goOn = () => {
        request.session.visits = 1;
        response.json({});
      };
    });
    app.post('/sign-out', (request, response) => request.session.destroy(() => response.json({})));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    let cookie = '';
    // express-session sends the head of an answer before it has saved the session, and the end after it.
    const ask = async (path: string, method = 'GET') => {
      const answer = await fetch(url + path, { method, headers: { cookie } });
      return { headers: answer.headers, body: await answer.json() };
    };
    const signedIn = await ask('/sign-in', 'POST');
    cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await ask('/who')).body).toEqual({ user: 'anna' });
    const id = decodeURIComponent(cookie).split('=s:')[1]?.split('.')[0] ?? 'no id';
    expect(await place.dump()).not.toContain(id);

    const slow = ask('/slow');
    await expect.poll(() => isWaiting).toBe(true);
    await ask('/sign-out', 'POST');
    goOn();
    await slow;
    expect((await ask('/who')).body).toEqual({ user: null });
    server.closeAllConnections();
    server.close();
  });
});

it('in memory give their room back when they have expired, whether anybody asks or not', async () => {
  const clock = createFakeClock();
  const blobs = createMemoryBlobs({ clock });
  for (let index = 0; index < 5_000; index++) await blobs.write(String(index), 'x', clock.now() + 1_000);
  await clock.advance(30_000);
  for (let index = 0; index < 10; index++) await blobs.write(`new ${index}`, 'x', clock.now() + 60_000);
  expect(await blobs.count()).toBe(10);
});
