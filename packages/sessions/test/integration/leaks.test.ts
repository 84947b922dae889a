import { createAdmissionPlugin, createSessionsPlugin } from '@dataguardian/sessions';
import { systemClock } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const PEOPLE = 40;
const CYCLES = 4;

/** Timers and other handles that are open, by kind. */
function openHandles(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** A server's whole life: people sign in, use it, change things, leave or vanish, and it is closed. */
async function liveOnce(): Promise<void> {
  const sessions = world.node({ withBus: true, clock: systemClock });
  const app = fastify();
  await app.register(createSessionsPlugin(sessions, { secure: () => false }));
  await app.register(createAdmissionPlugin({ concurrency: 4 }));
  app.get('/who', ({ session }) => ({ user: session?.userId }));
  app.post('/count', async ({ session }) => ({ count: await session?.increment('count') }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  await Promise.all(
    Array.from({ length: PEOPLE }, async (_, index) => {
      const { token, session } = await sessions.start({ ...ANNA, userId: `user${index}` });
      const headers = { cookie: `dataguardian=${token}`, connection: 'close' };
      await fetch(`${url}/who`, { headers });
      await fetch(`${url}/count`, { method: 'POST', headers });
      if (index % 3 === 0) await sessions.revoke(session.handle);
      // Gone before the answer came.
      if (index % 3 === 1)
        await fetch(`${url}/who`, { headers, signal: AbortSignal.timeout(1) }).catch(() => undefined);
    }),
  );
  await app.close();
  await sessions.close();
  await sessions.close();
}

describe('a session layer that is closed', () => {
  it('leaves no timer, socket or listener behind, however often', async () => {
    await liveOnce();
    await world.settled();
    const [handles, listeners] = [openHandles(), process.listenerCount('exit')];
    for (let cycle = 0; cycle < CYCLES; cycle++) await liveOnce();
    await world.settled();
    await until(() => (openHandles()['Timeout'] ?? 0) <= (handles['Timeout'] ?? 0));
    const after = openHandles();
    for (const kind of ['Timeout', 'TCPServerWrap'])
      expect([kind, after[kind] ?? 0]).toEqual([kind, Math.min(after[kind] ?? 0, handles[kind] ?? 0)]);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(world.listening).toBe(0);
  });
});
