import { createSessionsPlugin } from '@dataguardian/sessions';
import { createSeededRandom } from '@dataguardian/testing';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const USERS = 200;
const REQUESTS = Number(process.env['SESSIONS_ISOLATION_REQUESTS'] ?? 4_000);

describe('isolation of users', () => {
  it('lets no request see a byte of another user, on two nodes, however they interleave', async () => {
    const random = createSeededRandom(7);
    const nodes = [world.node({ withBus: true }), world.node({ withBus: true })] as const;
    const servers = await Promise.all(
      nodes.map(async (sessions) => {
        const app = fastify();
        await app.register(createSessionsPlugin(sessions, { secure: () => false }));
        /** Who the code believes to work for, asked by three ways and after a detour. */
        app.get<{ Querystring: { hops: string } }>('/work', async (request) => {
          const before = sessions.current()?.userId;
          for (let hop = 0; hop < Number(request.query.hops); hop++)
            await (hop % 2 ? new Promise((resolve) => setImmediate(resolve)) : Promise.resolve());
          const secret = sessions.current()?.get('secret');
          return { request: request.session?.userId, before, after: sessions.current()?.userId, secret };
        });
        app.post('/secret', async () => {
          const session = sessions.current();
          await session?.set('secret', `secret of ${session.userId}`);
          return {};
        });
        return app;
      }),
    );
    const people = await Promise.all(
      Array.from({ length: USERS }, async (_, index) => {
        const userId = `user${index}`;
        return { userId, token: (await nodes[0].start({ ...ANNA, userId })).token };
      }),
    );
    const foreign: string[] = [];
    for (let done = 0; done < REQUESTS; done += 100)
      await Promise.all(
        Array.from({ length: 100 }, async () => {
          const { userId, token } = random.pick(people);
          const headers = { cookie: `dataguardian=${token}` };
          const app = random.pick(servers);
          if (random.next() < 0.1) {
            await app.inject({ method: 'POST', url: '/secret', headers });
            return;
          }
          const hops = Math.floor(random.next() * 6);
          const answer = await app.inject({ url: `/work?hops=${hops}`, headers });
          const seen = answer.json<Record<string, string | undefined>>();
          const { request, before, after, secret = `secret of ${userId}` } = seen;
          if (request !== userId || before !== userId || after !== userId || secret !== `secret of ${userId}`)
            foreign.push(`${userId} saw ${answer.body}`);
        }),
      );
    expect(foreign).toEqual([]);
    for (const app of servers) await app.close();
  });

  it('gives nobody a session outside of a request', () => {
    expect(world.node().current()).toBeUndefined();
  });

  it('hands out sessions whose owner nobody can change', async () => {
    const { session } = await world.node().start(ANNA);
    expect(() => Object.assign(session, { userId: 'bert' })).toThrow(TypeError);
    expect(() => Object.assign(session.roles, ['admin'])).toThrow(TypeError);
    expect(session.userId).toBe('anna');
  });
});
