import { createSessionsPlugin } from '@dataguardian/sessions';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const HOUR = 60 * MINUTE;
const options = { idleTimeoutMs: 12 * HOUR, absoluteTimeoutMs: 24 * HOUR };

describe('a token that is due to be renewed', () => {
  it('is replaced once, however many requests ask at the same time', async () => {
    const [here, there] = [world.node(options), world.node(options)];
    const { token } = await here.start(ANNA);
    expect(await here.renew(token)).toBeUndefined();
    await world.clock.advance(HOUR);
    const renewed = await Promise.all(Array.from({ length: 20 }, (_, turn) => (turn % 2 ? here : there).renew(token)));
    const tokens = renewed.filter((next) => next !== undefined);
    expect(tokens).toHaveLength(1);
    expect(await there.resume(tokens[0] ?? '')).toMatchObject({ userId: 'anna' });
  });

  it('stays good for requests in flight, and for no longer, once the new one is used', async () => {
    const [here, there] = [world.node(options), world.node(options)];
    const { token } = await here.start(ANNA);
    await world.clock.advance(HOUR);
    const next = (await here.renew(token)) ?? '';
    expect(await here.resume(token)).toBeDefined();
    expect(await there.resume(next)).toBeDefined();
    await world.clock.advance(20_000);
    expect(await here.resume(token)).toBeDefined();
    await world.clock.advance(11_000);
    expect(await here.resume(token)).toBeUndefined();
    expect(await there.resume(token)).toBeUndefined();
    expect(await here.resume(next)).toBeDefined();
  });

  it('is replaced again when the new one got lost on its way', async () => {
    const sessions = world.node(options);
    const { token } = await sessions.start(ANNA);
    await world.clock.advance(HOUR);
    const lost = (await sessions.renew(token)) ?? '';
    await world.clock.advance(MINUTE);
    const next = (await sessions.renew(token)) ?? '';
    expect(next).not.toBe('');
    expect(await sessions.resume(lost)).toBeUndefined();
    expect(await sessions.resume(next)).toBeDefined();
  });

  it('keeps the time of authentication: renewal is no proof of who somebody is (ASVS 7.5.3)', async () => {
    const sessions = world.node(options);
    const { token, session } = await sessions.start(ANNA);
    await world.clock.advance(HOUR);
    const next = (await sessions.renew(token)) ?? '';
    expect((await sessions.resume(next))?.authenticatedAt).toBe(session.authenticatedAt);
  });

  it('cannot outlive a sign-out with its former self (ASVS 7.4.1)', async () => {
    const [here, there] = [world.node(options), world.node(options)];
    const { token, session } = await here.start(ANNA);
    await world.clock.advance(HOUR);
    const next = (await here.renew(token)) ?? '';
    await here.revoke(session.handle);
    for (const node of [here, there]) {
      expect(await node.resume(token)).toBeUndefined();
      expect(await node.resume(next)).toBeUndefined();
    }
  });

  it('is dead at once when the person proves who this is again (ASVS 7.2.4)', async () => {
    const sessions = world.node(options);
    const { token } = await sessions.start(ANNA);
    await world.clock.advance(HOUR);
    const next = (await sessions.renew(token)) ?? '';
    await sessions.rotate(next);
    expect(await sessions.resume(token)).toBeUndefined();
    expect(await sessions.resume(next)).toBeUndefined();
  });
});

it('is handed to the browser with the answer of the request that found it due', async () => {
  const sessions = world.node(options);
  const app = fastify();
  await app.register(createSessionsPlugin(sessions, { secure: () => false }));
  app.get('/who', (request) => ({ user: request.session?.userId }));
  app.get('/missing', (_request, reply) => reply.code(404).send({}));
  const { token } = await sessions.start(ANNA);
  const ask = async (cookie: string, url = '/who') =>
    app.inject({ url, headers: { cookie: `dataguardian=${cookie}` } });
  expect((await ask(token)).headers['set-cookie']).toBeUndefined();
  await world.clock.advance(HOUR);
  expect((await ask(token, '/missing')).headers['set-cookie']).toBeUndefined();
  const renewed = await ask(token);
  const next = /dataguardian=([^;]+)/.exec(String(renewed.headers['set-cookie']))?.[1] ?? '';
  expect(renewed.json()).toEqual({ user: 'anna' });
  expect(next).not.toBe(token);
  expect((await ask(next)).json()).toEqual({ user: 'anna' });
  expect((await ask(token)).headers['set-cookie']).toBeUndefined();
  await app.close();
});
