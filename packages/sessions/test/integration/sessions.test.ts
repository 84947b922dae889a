import type { Sessions, SessionsOptions } from '@dataguardian/sessions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA as anna, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const node = (options: Partial<SessionsOptions> = {}): Sessions => world.node(options);
const rowCount = async (): Promise<number> => (await world.pool.query('select from sessions')).rowCount ?? 0;

describe('a session', () => {
  it('is opened by its token on every node, and by nothing else (ASVS 7.2.1, 7.2.3)', async () => {
    const { session, token } = await node().start(anna);
    expect(await node().resume(token)).toMatchObject({ handle: session.handle, userId: 'anna', roles: ['analyst'] });
    expect(await node().resume(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined();
    expect(await node().resume(session.handle)).toBeUndefined();
  });

  it('leaves no token in the database', async () => {
    const { token } = await node().start(anna);
    const { rows } = await world.pool.query('select s::text as row from sessions s');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('ends when it is unused for too long, on the second (ASVS 7.3.1)', async () => {
    const sessions = node({ idleTimeoutMs: 10 * MINUTE });
    const { token } = await sessions.start(anna);
    await world.clock.advance(9 * MINUTE);
    expect(await sessions.resume(token)).toBeDefined();
    await world.clock.advance(10 * MINUTE - 1);
    expect(await sessions.resume(token)).toBeDefined();
    await world.clock.advance(10 * MINUTE);
    expect(await sessions.resume(token)).toBeUndefined();
  });

  it('stays when it was used a moment before its end, although that is not written yet', async () => {
    const options = { idleTimeoutMs: 10 * MINUTE };
    const here = node(options);
    const { token } = await here.start(anna);
    await world.clock.advance(3_000);
    // Writes three seconds after the other one, which removes at ten minutes what has expired.
    const there = node(options);
    await world.clock.advance(10 * MINUTE - 5_000);
    expect(await there.resume(token)).toBeDefined();
    await world.clock.advance(6_000);
    expect(await here.resume(token)).toBeDefined();
  });

  it('ends after its whole life although it is used (ASVS 7.3.2)', async () => {
    const sessions = node({ idleTimeoutMs: 10 * MINUTE, absoluteTimeoutMs: 30 * MINUTE });
    const { token } = await sessions.start(anna);
    for (let minute = 0; minute < 30; minute += 5) {
      expect(await sessions.resume(token)).toBeDefined();
      await world.clock.advance(5 * MINUTE);
    }
    expect(await sessions.resume(token)).toBeUndefined();
  });

  it('gets another token when it is rotated, and the former one is dead (ASVS 7.2.4)', async () => {
    const sessions = node();
    const { token } = await sessions.start(anna);
    const rotated = await sessions.rotate(token);
    expect(await sessions.resume(token)).toBeUndefined();
    expect(await sessions.resume(rotated?.token ?? '')).toMatchObject({ userId: 'anna' });
  });

  it('is fresh for sensitive actions only shortly after signing in or rotation, however much it is used (ASVS 7.5.1, 7.5.3)', async () => {
    const sessions = node();
    const { token } = await sessions.start(anna);
    await world.clock.advance(5 * MINUTE);
    const session = await sessions.resume(token);
    expect(() => session?.requireFresh(5 * MINUTE)).not.toThrow();
    await world.clock.advance(1);
    await sessions.resume(token);
    expect(() => session?.requireFresh(5 * MINUTE)).toThrow(
      expect.objectContaining({ code: 'SESSION_NOT_FRESH', statusCode: 403 }),
    );
    expect(() => session?.requireFresh(Number.NaN)).toThrow(expect.objectContaining({ code: 'SESSION_NOT_FRESH' }));
    const rotated = await sessions.rotate(token);
    expect(() => rotated?.session.requireFresh(0)).not.toThrow();
    world.clock.jump(-MINUTE);
    expect(() => rotated?.session.requireFresh(5 * MINUTE)).toThrow(
      expect.objectContaining({ code: 'SESSION_NOT_FRESH' }),
    );
  });

  it('is refused on another node once it was revoked and the lease has passed, without any message (ASVS 7.4.1)', async () => {
    const [here, there] = [node(), node({ leaseMs: 5_000 })];
    const { session, token } = await here.start(anna);
    await there.resume(token);
    await here.revoke(session.handle);
    await world.clock.advance(5_000);
    expect(await there.resume(token)).toBeUndefined();
  });

  it('is not brought back by a write that was under way when it ended', async () => {
    const sessions = node();
    const { session, token } = await sessions.start(anna);
    await sessions.revoke(session.handle);
    await expect(session.set('theme', 'dark')).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    expect(await sessions.resume(token)).toBeUndefined();
  });

  it('loses no parallel write, on one node or two', async () => {
    const [here, there] = [node(), node()];
    const { token } = await here.start(anna);
    const both = [await here.resume(token), await there.resume(token)];
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const session = both[index % 2];
        await session?.increment('count');
        await session?.set(`key${index}`, index);
      }),
    );
    await world.clock.advance(10_000);
    const session = await here.resume(token);
    expect(session?.get('count')).toBe(50);
    expect(Array.from({ length: 50 }, (_, index) => session?.get(`key${index}`))).toEqual([...Array(50).keys()]);
  });

  it('is served from memory while the database is away, and nobody can sign in', async () => {
    const sessions = node();
    const { token } = await sessions.start(anna);
    world.isAway = true;
    await world.clock.advance(MINUTE);
    expect(await sessions.resume(token)).toMatchObject({ userId: 'anna' });
    await expect(sessions.start(anna)).rejects.toMatchObject({ code: 'SESSIONS_UNAVAILABLE' });
    expect(sessions.health().status).toBe('degraded');
  });
});

describe('data of a session', () => {
  it('is changed by a function that nobody writes into: parallel updates all count', async () => {
    const [here, there] = [node(), node()];
    const { token } = await here.start(anna);
    const both = [await here.resume(token), await there.resume(token)];
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        await both[index % 2]?.update((data) => ({ ...data, items: [...((data['items'] as number[]) ?? []), index] }));
      }),
    );
    const items = (await node().resume(token))?.get('items') as number[];
    expect(items.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('is bounded, by whatever way it is written and however much lies there already', async () => {
    const sessions = node();
    const half = 'x'.repeat(9_000);
    const tooLarge = { code: 'SESSION_DATA_TOO_LARGE' };
    await expect(sessions.start({ ...anna, data: { a: half, b: half } })).rejects.toMatchObject(tooLarge);
    const { session } = await sessions.start({ ...anna, data: { a: half } });
    await expect(session.set('b', half)).rejects.toMatchObject(tooLarge);
    await expect(session.update((data) => ({ ...data, b: half }))).rejects.toMatchObject(tooLarge);
    await expect(session.increment('c'.repeat(9_000))).rejects.toMatchObject(tooLarge);
    await session.set('a', 'less');
    await session.set('b', half);
    expect(session.get('b')).toBe(half);
    expect(sessions.health().status).toBe('up');
  });

  it('is written by a request in flight although the token was rotated meanwhile', async () => {
    const sessions = node();
    const { session, token } = await sessions.start(anna);
    const rotated = await sessions.rotate(token);
    await session.patch({ theme: 'dark', language: 'nl' });
    const resumed = await sessions.resume(rotated?.token ?? '');
    expect([resumed?.get('theme'), resumed?.get('language'), resumed?.get('__proto__')]).toEqual([
      'dark',
      'nl',
      undefined,
    ]);
  });
});

describe('a sign-out', () => {
  it('holds while the database is away and is written when it is back (ASVS 7.4.1)', async () => {
    const sessions = node();
    const gone = await sessions.start(anna);
    const stays = await sessions.start({ ...anna, userId: 'bert' });
    world.isAway = true;
    expect(await sessions.revoke(gone.session.handle)).toBe(true);
    expect(await sessions.resume(gone.token)).toBeUndefined();
    expect(await sessions.resume(stays.token)).toBeDefined();
    world.isAway = false;
    await world.clock.advance(6_000);
    expect(await rowCount()).toBe(1);
    expect(await node().resume(gone.token)).toBeUndefined();
    expect(await node().resume(stays.token)).toBeDefined();
  });

  it('of a whole user spares the session that was started after it', async () => {
    const sessions = node();
    const before = await sessions.start(anna);
    world.isAway = true;
    await expect(sessions.revokeUser('anna')).rejects.toMatchObject({ code: 'SESSIONS_UNAVAILABLE' });
    expect(await sessions.resume(before.token)).toBeUndefined();
    world.isAway = false;
    await world.clock.advance(1_000);
    const after = await sessions.start(anna);
    await world.clock.advance(6_000);
    expect(await rowCount()).toBe(1);
    expect(await sessions.resume(after.token)).toBeDefined();
  });
});

describe('another node with a bus', () => {
  it('refuses a revoked session and a rotated token without waiting for the lease (ASVS 7.2.4, 7.4.1)', async () => {
    const [here, there] = [node(), world.node({ withBus: true })];
    const revoked = await here.start(anna);
    const rotated = await here.start(anna);
    await there.resume(revoked.token);
    await there.resume(rotated.token);
    await here.revoke(revoked.session.handle);
    await here.rotate(rotated.token);
    // The clock stands still, so that only the bus can tell.
    await world.settled();
    expect(await there.resume(revoked.token)).toBeUndefined();
    expect(await there.resume(rotated.token)).toBeUndefined();
  });
});

describe('a user', () => {
  it('keeps at most so many sessions; the one unused longest leaves (ASVS 7.1.2)', async () => {
    const sessions = node({ perUserLimit: 2 });
    const tokens: string[] = [];
    for (let count = 0; count < 3; count++) {
      tokens.push((await sessions.start(anna)).token);
      await world.clock.advance(1_000);
    }
    const alive = await Promise.all(tokens.map(async (token) => (await sessions.resume(token)) !== undefined));
    expect(alive).toEqual([false, true, true]);
  });

  it('sees own sessions and ends the others (ASVS 7.5.2)', async () => {
    const sessions = node();
    const first = await sessions.start(anna);
    const second = await sessions.start(anna);
    expect((await sessions.list('anna')).length).toBe(2);
    expect(await sessions.revokeUser('anna', { exceptHandle: first.session.handle })).toBe(1);
    expect(await sessions.resume(second.token)).toBeUndefined();
    expect(await sessions.resume(first.token)).toBeDefined();
  });

  it("cannot end another user's session", async () => {
    const sessions = node();
    const { session, token } = await sessions.start(anna);
    expect(await sessions.revoke(session.handle, { userId: 'bert' })).toBe(false);
    expect(await sessions.resume(token)).toBeDefined();
  });
});

it('removes expired rows', async () => {
  const sessions = node({ idleTimeoutMs: MINUTE });
  await sessions.start(anna);
  await world.clock.advance(2 * MINUTE);
  expect(await rowCount()).toBe(0);
  expect(await sessions.statistics()).toMatchObject({ live: 0 });
});
