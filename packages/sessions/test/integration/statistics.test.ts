import { sessionEvents, sessionFigures, type SessionEvent, type SessionFiguresEvent } from '@dataguardian/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

it('says how many are signed in, how long they stayed, and what happened in the last minute', async () => {
  const sessions = world.node();
  const [anna, bert] = [await sessions.start(ANNA), await sessions.start({ ...ANNA, userId: 'bert' })];
  await sessions.start({ ...ANNA, userId: 'bert' });
  expect(await sessions.statistics()).toMatchObject({ live: 3, users: 2, peak: 3, inMemory: 3, meanDurationMs: 0 });
  await world.clock.advance(MINUTE);
  await sessions.revoke(anna.session.handle);
  await world.clock.advance(MINUTE);
  await sessions.revoke(bert.session.handle);
  const seen = await sessions.statistics();
  expect(seen).toMatchObject({ live: 1, users: 1, peak: 3, meanAgeMs: 2 * MINUTE, meanDurationMs: 1.5 * MINUTE });
  expect(seen.counts).toMatchObject({ started: 3, revoked: 2 });
  // Starts are two minutes ago, one of the ends is a minute ago, the other is new.
  expect(seen.perMinute.started).toBe(0);
  expect(seen.perMinute.revoked).toBeGreaterThan(0.9);
  expect(seen.bytesPerSession).toBeGreaterThan(100);
});

it('counts live sessions once in ten seconds, however many ask', async () => {
  const sessions = world.node();
  const counts = (): number => world.sent.filter((text) => text.includes('count(*)')).length;
  await Promise.all(Array.from({ length: 20 }, () => sessions.statistics()));
  expect(counts()).toBe(1);
  await world.clock.advance(10_000);
  await sessions.statistics();
  expect(counts()).toBe(2);
});

it('tells of every end whose session it was', async () => {
  const seen: SessionEvent[] = [];
  const unsubscribe = sessionEvents.subscribe((event) => seen.push(event));
  const sessions = world.node({ perUserLimit: 1 });
  await sessions.start(ANNA);
  await sessions.start(ANNA);
  await world.clock.advance(31 * MINUTE);
  await expect.poll(() => seen.length).toBe(4);
  unsubscribe();
  expect(seen.map(({ kind, userId, organisationId }) => [kind, userId, organisationId])).toEqual(
    ['started', 'started', 'evicted', 'expired'].map((kind) => [kind, 'anna', 'org']),
  );
});

it('removes what expired by one process at a time', async () => {
  const nodes = [world.node(), world.node(), world.node()];
  for (let user = 0; user < 20; user++) await nodes[0]?.start({ ...ANNA, userId: `user${user}` });
  await world.clock.advance(31 * MINUTE);
  const expired = async (): Promise<number> => {
    const statistics = await Promise.all(nodes.map((sessions) => sessions.statistics()));
    return statistics.reduce((sum, { counts }) => sum + counts.expired, 0);
  };
  await expect.poll(expired).toBe(20);
  expect((await world.pool.query('select from sessions')).rowCount).toBe(0);
  await world.settled();
  expect(await expired()).toBe(20);
});

it('tells how many are signed in to whoever listens, and asks nothing for nobody', async () => {
  const sessions = world.node();
  await sessions.start(ANNA);
  await world.clock.advance(MINUTE);
  await world.settled();
  expect(world.sent.some((text) => text.includes('count(*)'))).toBe(false);
  const seen: SessionFiguresEvent[] = [];
  const unsubscribe = sessionFigures.subscribe((event) => seen.push(event));
  await world.clock.advance(MINUTE / 2);
  await expect.poll(() => seen.length).toBe(1);
  unsubscribe();
  expect(seen[0]).toMatchObject({ live: 1, users: 1, peak: 1, inMemory: 1, startedPerMinute: 0 });
});
