import { readFileSync } from 'node:fs';
import { createSessionsPlugin } from '@dataguardian/sessions';
import { createSeededRandom } from '@dataguardian/testing';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const page = readFileSync(new URL('../../../../docs/modules/sessions.md', import.meta.url), 'utf8');

describe('the documentation', () => {
  it('names the idle and the absolute life that hold when nobody says otherwise (ASVS 7.1.1)', async () => {
    const sessions = world.node();
    const { token } = await sessions.start(ANNA);
    const idleMinutes = Number(/(\d+) minutes unused/.exec(page)?.[1]);
    const hours = Number(/(\d+) hours in all/.exec(page)?.[1]);
    for (let used = 0; used + idleMinutes - 1 < hours * 60; used += idleMinutes - 1) {
      await world.clock.advance((idleMinutes - 1) * MINUTE);
      expect(await sessions.resume(token)).toBeDefined();
    }
    await world.clock.advance((idleMinutes - 1) * MINUTE);
    expect(await sessions.resume(token)).toBeUndefined();
    const other = await sessions.start(ANNA);
    await world.clock.advance(idleMinutes * MINUTE);
    expect(await sessions.resume(other.token)).toBeUndefined();
  });

  it('names how many sessions a user may have at once (ASVS 7.1.2)', async () => {
    const sessions = world.node();
    const limit = Number(/more than (\d+) per user/.exec(page)?.[1]);
    for (let count = 0; count < limit + 3; count++) await sessions.start(ANNA);
    expect((await sessions.list('anna')).length).toBe(limit);
  });
});

it('every session has a token of its own, of 256 random bits (ASVS 7.2.2, 7.2.3)', async () => {
  const sessions = world.node({ perUserLimit: 1_000 });
  const opened = await Promise.all(Array.from({ length: 200 }, () => sessions.start(ANNA)));
  const tokens = opened.map(({ token }) => token);
  expect(new Set(tokens).size).toBe(200);
  const bytes = tokens.map((token) => Buffer.from(token, 'base64url'));
  expect(bytes.every(({ length }) => length === 32)).toBe(true);
  // Each bit is set in about half of them: 200 fair coins leave 50 to 150 but once in 10^12.
  for (let bit = 0; bit < 256; bit++) {
    const set = bytes.filter((token) => ((token[bit >> 3] ?? 0) >> (bit & 7)) & 1).length;
    expect(set).toBeGreaterThan(50);
    expect(set).toBeLessThan(150);
  }
});

describe('administrators', () => {
  it('end all sessions of one user, one organisation, or of everybody but themselves (ASVS 7.4.2, 7.4.5)', async () => {
    const [here, there] = [world.node({ withBus: true }), world.node({ withBus: true })];
    const open = async (userId: string, organisationId: string) => here.start({ ...ANNA, userId, organisationId });
    const opened = [
      await open('anna', 'one'),
      await open('anna', 'one'),
      await open('bert', 'one'),
      await open('clara', 'two'),
      await open('admin', 'two'),
    ];
    const alive = async (): Promise<boolean[]> => {
      await world.settled();
      return Promise.all(opened.map(async ({ token }) => (await there.resume(token)) !== undefined));
    };
    expect(await alive()).toEqual([true, true, true, true, true]);
    expect(await here.revokeUser('anna')).toBe(2);
    expect(await alive()).toEqual([false, false, true, true, true]);
    expect(await here.revokeOrganisation('one')).toBe(1);
    expect(await alive()).toEqual([false, false, false, true, true]);
    expect(await here.revokeAll({ exceptHandle: opened[4]?.session.handle ?? '' })).toBe(1);
    expect(await alive()).toEqual([false, false, false, false, true]);
    expect(await here.revokeAll()).toBe(1);
    expect(await alive()).toEqual([false, false, false, false, false]);
  });

  it('end everybody’s sessions while the database is away, and whoever signs in afterwards stays (ASVS 7.4.5)', async () => {
    const sessions = world.node();
    const { token } = await sessions.start(ANNA);
    world.isAway = true;
    await expect(sessions.revokeAll()).rejects.toMatchObject({ code: 'SESSIONS_UNAVAILABLE' });
    expect(await sessions.resume(token)).toBeUndefined();
    world.isAway = false;
    await world.clock.advance(1);
    const later = await sessions.start(ANNA);
    await world.clock.advance(6_000);
    await world.settled();
    expect(await sessions.resume(later.token)).toBeDefined();
    expect((await world.pool.query('select from sessions')).rowCount).toBe(1);
  });
});

it('no tampered cookie opens anything or fails the server (ASVS 7.2.1)', async () => {
  const random = createSeededRandom(11);
  const sessions = world.node();
  const { token } = await sessions.start(ANNA);
  const app = fastify();
  await app.register(createSessionsPlugin(sessions, { secure: () => false }));
  app.get('/who', ({ session }) => ({ who: session?.userId ?? 'nobody' }));
  const ask = async (cookie: string): Promise<unknown> =>
    (await app.inject({ url: '/who', headers: { cookie } })).json();
  expect(await ask(`dataguardian=${token}`)).toEqual({ who: 'anna' });
  const alphabet = 'ABCdef019-_=; "%,\\';
  const opened: string[] = [];
  for (let index = 0; index < 500; index++) {
    const at = Math.floor(random.next() * token.length);
    const letter = alphabet[Math.floor(random.next() * alphabet.length)] ?? '';
    const changed = `${token.slice(0, at)}${letter}${token.slice(at + Math.floor(random.next() * 3))}`;
    const cookie = random.next() < 0.2 ? `dataguardian=${token}; dataguardian=${changed}` : `dataguardian=${changed}`;
    const isSame = cookie === `dataguardian=${token}` || readsAs(cookie, token);
    if (!isSame && JSON.stringify(await ask(cookie)) !== '{"who":"nobody"}') opened.push(cookie);
  }
  expect(opened).toEqual([]);
  await app.close();

  /** A separator in the middle can leave the true token before it. */
  function readsAs(cookie: string, value: string): boolean {
    const values = cookie.split(';').map((part) => part.trim());
    return values.filter((part) => part.startsWith('dataguardian=')).join() === `dataguardian=${value}`;
  }
});

it('no field of a session reaches the prototype of others', async () => {
  const { session, token } = await world.node().start(ANNA);
  await session.patch(JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {"isAdmin": true}}}'));
  await session.set('__proto__', { isAdmin: true });
  expect(session.get('isAdmin')).toBeUndefined();
  expect((await world.node().resume(token))?.get('isAdmin')).toBeUndefined();
  expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
});
