import { createRequire } from 'node:module';
import {
  type CachedResponse,
  createBentoFace,
  createCache,
  createKeyvStore,
  registerHttpCache,
} from '@dataguardian/cache';
import { createFakeClock, until } from '@dataguardian/testing';
import { createCache as createManager, type CreateCacheOptions } from 'cache-manager';
import Fastify from 'fastify';
import { Keyv } from 'keyv';
import { afterEach, describe, expect, it } from 'vitest';

// cache-manager brings a Keyv of its own version, and takes no other.
const { Keyv: KeyvOfManager } = createRequire(import.meta.resolve('cache-manager'))('keyv') as {
  readonly Keyv: new (options: { readonly store: unknown }) => NonNullable<CreateCacheOptions['stores']>[number];
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function openItems() {
  const clock = createFakeClock();
  const cache = createCache({ clock, random: () => 0.5 });
  closing.push(() => cache.close());
  return { clock, cache, items: cache.namespace<unknown>('items', { ttlMs: 60_000 }) };
}

describe('a Keyv on our store', () => {
  it('sets, gets, expires, deletes and clears', async () => {
    const { items, clock } = openItems();
    const keyv = new Keyv({ store: createKeyvStore(items) });
    await keyv.set('a', { b: 1 });
    expect([await keyv.get('a'), await keyv.has('a'), await keyv.get('none')]).toEqual([{ b: 1 }, true, undefined]);
    expect([await keyv.delete('a'), await keyv.delete('a'), await keyv.get('a')]).toEqual([true, false, undefined]);
    await keyv.set('short', 1, 100);
    await clock.advance(101);
    expect(await keyv.get('short')).toBeUndefined();
    await keyv.set('c', 1);
    await keyv.clear();
    expect(await keyv.get('c')).toBeUndefined();
  });

  it('keeps what other namespaces of the same store have when one is cleared', async () => {
    const { items } = openItems();
    const [cats, dogs] = ['cats', 'dogs'].map((namespace) => new Keyv({ store: createKeyvStore(items), namespace }));
    await cats?.set('name', 'Miep');
    await dogs?.set('name', 'Bello');
    expect(await cats?.deleteMany(['none'])).toEqual([false]);
    await cats?.clear();
    expect([await cats?.get('name'), await dogs?.get('name')]).toEqual([undefined, 'Bello']);
  });

  it('serves as a store of cache-manager', async () => {
    const { items } = openItems();
    const manager = createManager({ stores: [new KeyvOfManager({ store: createKeyvStore(items) })] });
    let loads = 0;
    const load = async (): Promise<number> => ++loads;
    expect([await manager.wrap('key', load), await manager.wrap('key', load)]).toEqual([1, 1]);
    await manager.mset([
      { key: 'x', value: 1 },
      { key: 'y', value: 0 },
    ]);
    expect(await manager.mget(['x', 'y', 'z'])).toEqual([1, 0, undefined]);
  });
});

describe('the HTTP response cache', () => {
  async function serverWorld() {
    const { cache, clock } = openItems();
    const server = Fastify();
    closing.push(() => server.close());
    let calls = 0;
    registerHttpCache(server, {
      responses: cache.namespace<CachedResponse>('responses', { ttlMs: 1_000 }),
      keyOf: ({ headers }) => (typeof headers['x-user'] === 'string' ? headers['x-user'] : undefined),
      now: () => clock.now(),
    });
    server.get('/report', async () => ({ calls: ++calls }));
    server.get('/broken', async (_request, reply) => reply.code(500).send({ calls: ++calls }));
    const get = (url: string, headers: Record<string, string> = { 'x-user': 'anna' }) =>
      server.inject({ method: 'GET', url, headers });
    return { get, clock };
  }

  it('answers the second request from the cache, with its age', async () => {
    const { get, clock } = await serverWorld();
    const first = await get('/report');
    await clock.advance(900);
    const second = await get('/report');
    expect([first.json(), second.json()]).toEqual([{ calls: 1 }, { calls: 1 }]);
    expect([second.headers['content-type'], second.headers.age]).toEqual([first.headers['content-type'], '0']);
    await clock.advance(200);
    expect((await get('/report')).json()).toEqual({ calls: 2 });
  });

  it('answers 304 to a browser that has the response', async () => {
    const { get } = await serverWorld();
    const { headers } = await get('/report');
    const again = await get('/report', { 'x-user': 'anna', 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect(headers['cache-control']).toBe('private, max-age=0, stale-while-revalidate=60');
  });

  it('never shows one person the response of another, and caches neither errors nor the unknown', async () => {
    const { get } = await serverWorld();
    expect((await get('/report')).json()).toEqual({ calls: 1 });
    expect((await get('/report', { 'x-user': 'bert' })).json()).toEqual({ calls: 2 });
    expect((await get('/report', {})).json()).toEqual({ calls: 3 });
    expect((await get('/report', {})).json()).toEqual({ calls: 4 });
    expect([(await get('/broken')).json(), (await get('/broken')).json()]).toEqual([{ calls: 5 }, { calls: 6 }]);
  });
});

describe('the HTTP response cache beyond the freshness of a response', () => {
  const POLICY = { ttlMs: 1_000, staleWhileRevalidateMs: 5_000, graceMs: 60_000, jitterRatio: 0 };

  async function staleWorld() {
    const { cache, clock } = openItems();
    const server = Fastify();
    closing.push(() => server.close());
    const route = { calls: 0, status: 200, release: () => undefined as void, isHeld: false };
    registerHttpCache(server, {
      responses: cache.namespace<CachedResponse>('responses', POLICY),
      keyOf: ({ headers }) => (typeof headers['x-user'] === 'string' ? headers['x-user'] : undefined),
      now: () => clock.now(),
    });
    server.get('/report', async (request, reply) => {
      const call = ++route.calls;
      if (route.isHeld) await new Promise<void>((resolve) => (route.release = resolve));
      return reply.code(route.status).send({ call, user: request.headers['x-user'], host: request.ip });
    });
    const get = (headers: Record<string, string> = {}) =>
      server.inject({ method: 'GET', url: '/report', headers: { 'x-user': 'anna', ...headers } });
    return { get, clock, route };
  }

  it('serves a stale response at once while one request asks the route again', async () => {
    const { get, clock, route } = await staleWorld();
    await get();
    await clock.advance(1_500);
    route.isHeld = true;
    const stale = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(new Set(stale.map(({ body, headers }) => `${headers.age} ${body}`))).toEqual(
      new Set(['1 {"call":1,"user":"anna","host":"127.0.0.1"}']),
    );
    await until(() => route.calls === 2);
    route.release();
    await until(async () => (await get()).body === '{"call":2,"user":"anna","host":"127.0.0.1"}');
    expect(route.calls).toBe(2);
  });

  it('answers 304 from a stale response to a browser that has it', async () => {
    const { get, clock } = await staleWorld();
    const { headers } = await get();
    await clock.advance(1_500);
    expect((await get({ 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
  });

  it('waits for the route when the response is too old for that', async () => {
    const { get, clock } = await staleWorld();
    await get();
    await clock.advance(6_500);
    expect((await get()).json()).toMatchObject({ call: 2 });
  });

  it('lets the last response stand in while the route fails, and no longer than its grace', async () => {
    const { get, clock, route } = await staleWorld();
    await get();
    route.status = 503;
    await clock.advance(1_500);
    expect((await get()).json()).toMatchObject({ call: 1 });
    await until(() => route.calls === 2);
    // The failed revalidation is not repeated for each request.
    expect([(await get()).statusCode, route.calls]).toEqual([200, 2]);
    await clock.advance(20_000);
    const standIn = await get();
    expect([standIn.statusCode, standIn.headers.age, standIn.json()]).toMatchObject([200, '21', { call: 1 }]);
    await clock.advance(60_000);
    expect((await get()).statusCode).toBe(503);
  });

  it('forgets a response when the route has another answer than one for the cache', async () => {
    const { get, clock, route } = await staleWorld();
    await get();
    route.status = 403;
    await clock.advance(1_500);
    expect((await get()).statusCode).toBe(200);
    await until(async () => (await get()).statusCode === 403);
    expect(route.calls).toBeGreaterThan(2);
  });

  it('takes no revalidation from outside for its own', async () => {
    const { get, route } = await staleWorld();
    await get();
    expect((await get({ 'x-cache-revalidation': 'guessed' })).json()).toMatchObject({ call: 1 });
    expect(route.calls).toBe(1);
  });
});

describe('the face of BentoCache', () => {
  const HOUR_WITH_GRACE = { ttlMs: 3_600_000, graceMs: 3_600_000, jitterRatio: 0, earlyRefreshRatio: 0 };

  function bentoWorld() {
    const { cache, clock } = openItems();
    return { clock, bento: createBentoFace(cache, 'bento', HOUR_WITH_GRACE) };
  }

  it('sets, gets, pulls, deletes, and tells what is missing', async () => {
    const { bento } = bentoWorld();
    await bento.set({ key: 'a', value: { b: 1 }, tags: ['red'] });
    await bento.set({ key: 'zero', value: 0 });
    expect([await bento.get({ key: 'a' }), await bento.get({ key: 'zero', defaultValue: 7 })]).toEqual([{ b: 1 }, 0]);
    expect([await bento.get({ key: 'none', defaultValue: 7 }), await bento.missing({ key: 'none' })]).toEqual([
      7,
      true,
    ]);
    expect([await bento.pull('zero'), await bento.has({ key: 'zero' })]).toEqual([0, false]);
    expect([await bento.delete({ key: 'a' }), await bento.delete({ key: 'a' })]).toEqual([true, false]);
    await bento.set({ key: 'tagged', value: 1, tags: ['red'] });
    await bento.deleteByTag({ tags: ['red'] });
    expect(await bento.get({ key: 'tagged' })).toBeUndefined();
  });

  it('understands durations with units', async () => {
    const { bento, clock } = bentoWorld();
    await bento.set({ key: 'short', value: 1, ttl: '2s' });
    await bento.setForever({ key: 'long', value: 2 });
    await clock.advance(2_001);
    expect([await bento.get({ key: 'short' }), await bento.get({ key: 'long' })]).toEqual([undefined, 2]);
    await expect(bento.set({ key: 'a', value: 1, ttl: 'soon' })).rejects.toThrow(/soon is no duration/);
  });

  it('loads once, lets a factory set the ttl or skip, and serves grace when it fails', async () => {
    const { bento, clock } = bentoWorld();
    let loads = 0;
    const read = () => bento.getOrSet({ key: 'a', ttl: '1m', grace: '1h', factory: () => ++loads });
    expect([await read(), await read()]).toEqual([1, 1]);
    await clock.advance(60_001);
    const failing = bento.getOrSet<number>({ key: 'a', grace: '1h', factory: (context) => context.fail('down') });
    expect(await failing).toBe(1);
    await bento.getOrSet({ key: 'skipped', factory: (context) => context.skip() });
    expect(await bento.has({ key: 'skipped' })).toBe(false);
    await bento.getOrSet({ key: 'brief', factory: (context) => (context.setTtl('1s'), 5) });
    await clock.advance(1_001);
    expect(await bento.has({ key: 'brief' })).toBe(false);
  });

  it('keeps namespaces apart', async () => {
    const { bento } = bentoWorld();
    const users = bento.namespace('users');
    await users.set({ key: 'a', value: 1 });
    await bento.set({ key: 'a', value: 2 });
    await users.clear();
    expect([await users.get({ key: 'a' }), await bento.get({ key: 'a' })]).toEqual([undefined, 2]);
    await bento.expire({ key: 'a' });
    expect(await bento.get({ key: 'a' })).toBeUndefined();
  });
});
