import { createSessionsPlugin } from '@dataguardian/sessions';
import { until } from '@dataguardian/testing';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const stored = async (): Promise<number> => (await world.pool.query('select from session_activity')).rowCount ?? 0;

describe('the activity log of a session', () => {
  it('holds the latest hundred of all nodes, latest first, and reads what is not written yet', async () => {
    const [here, there] = [world.node(), world.node()];
    const { session } = await here.start(ANNA);
    for (let index = 0; index < 90; index++) {
      (index % 2 === 0 ? here : there).note(session, `step ${index}`);
      await world.clock.advance(10);
    }
    await world.clock.advance(6_000);
    // Both nodes write on their own; the first entry is the start of the session.
    await expect
      .poll(async () => {
        const { rows } = await world.pool.query('select jsonb_array_length(entries) as n from session_activity');
        return rows[0]?.n;
      })
      .toBe(91);
    for (let index = 90; index < 120; index++) {
      here.note(session, `step ${index}`);
      await world.clock.advance(10);
    }
    const seen = await here.activity({ handle: session.handle });
    expect(seen.map(({ what }) => what)).toEqual(Array.from({ length: 100 }, (_, index) => `step ${119 - index}`));
    await world.clock.advance(6_000);
    await expect
      .poll(async () => (await there.activity({ handle: session.handle })).map(({ what }) => what))
      .toEqual(seen.map(({ what }) => what));
  });

  it('shows what was changed through which route, without what stood in the address, and outlives the session', async () => {
    const sessions = world.node();
    const app = fastify();
    await app.register(createSessionsPlugin(sessions, { secure: () => false }));
    app.all('/scans/:id', () => 'done');
    const { token, session } = await sessions.start(ANNA);
    const headers = { cookie: `dataguardian=${token}` };
    await app.inject({ method: 'GET', url: '/scans/1', headers });
    await app.inject({ method: 'DELETE', url: '/scans/123456782?why=secret', headers });
    await world.clock.advance(1_000);
    await sessions.revoke(session.handle);
    await app.close();
    const seen = await sessions.activity({ userId: 'anna' });
    expect(seen.map(({ what }) => what)).toEqual(['revoked', 'DELETE /scans/:id 200', 'started']);
    await sessions.close();
    expect((await world.node().activity({ userId: 'anna' })).length).toBe(3);
  });

  it('costs one statement for all sessions together, and none while nothing happens', async () => {
    const sessions = world.node();
    const people = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sessions.start({ ...ANNA, userId: `user${index}` })),
    );
    const writes = (): number => world.sent.filter((text) => text.includes('session_activity')).length;
    for (const { session } of people) for (let note = 0; note < 10; note++) sessions.note(session, 'work');
    await world.clock.advance(6_000);
    await expect.poll(stored).toBe(50);
    await world.clock.advance(12_000);
    expect(writes()).toBe(1);
  });

  it('lacks nothing that is just being written', async () => {
    const sessions = world.node();
    const { session } = await sessions.start(ANNA);
    sessions.note(session, 'work');
    const other = await world.pool.connect();
    await other.query('begin');
    await other.query('lock table session_activity in exclusive mode');
    const closing = sessions.close();
    await until(() => world.sent.some((text) => text.includes('insert into session_activity')));
    const reading = sessions.activity({ handle: session.handle });
    await other.query('commit');
    other.release();
    expect((await reading).map(({ what }) => what)).toEqual(['work', 'started']);
    await closing;
  });

  it('loses nothing while the database is away for a moment', async () => {
    const sessions = world.node();
    const { session } = await sessions.start(ANNA);
    world.isAway = true;
    sessions.note(session, 'before');
    await world.clock.advance(6_000);
    sessions.note(session, 'after');
    world.isAway = false;
    await world.clock.advance(6_000);
    const seen = await sessions.activity({ handle: session.handle });
    expect(seen.map(({ what }) => what)).toEqual(['after', 'before', 'started']);
  });

  it('is removed thirty days after the last entry', async () => {
    const sessions = world.node();
    await sessions.start(ANNA);
    await world.clock.advance(6_000);
    await expect.poll(stored).toBe(1);
    await world.pool.query(`update session_activity set last_at = last_at - interval '31 days'`);
    await world.clock.advance(31_000);
    await expect.poll(stored).toBe(0);
  });
});
