import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

const VIEWS = [
  'overview',
  'requests',
  'database',
  'cache',
  'sessions',
  'profiler',
  'scans',
  'recommendations',
  'alerts',
];

describe('the figures of the performance pages', () => {
  it.each(VIEWS)('come from the product itself: %s', async (view) => {
    const answer = await world.admin.send('GET', `/api/performance/${view}`);
    expect(answer.status).toBe(200);
    // A part that could not be read says so instead of failing the page.
    expect(answer.json.state ?? 'ready').toBe('ready');
  });

  it('name the people who use the product, with their sessions, which operators can end', async () => {
    const member = await world.member('analyst');
    await member.send('GET', '/api/overview');
    const { content } = (await world.admin.send('GET', '/api/performance/sessions')).json;
    expect(content.users).toContainEqual(expect.objectContaining({ name: member.email, sessionCount: 1 }));
    const devices = (await world.admin.send('GET', `/api/performance/sessions/users/${member.userId}`)).json.content;
    const handle = devices.items[0]?.handle;
    expect((await world.admin.send('DELETE', `/api/performance/sessions/${handle}`)).status).toBe(204);
    expect((await member.send('GET', '/api/me')).status).toBe(401);
    const { rows } = await world.context.ownerDatabase.query(
      `select user_id::text as by from audit_log where action = 'session.revoke' and subject = $1`,
      [handle],
    );
    expect(rows).toEqual([{ by: world.admin.userId }]);
  });

  it('are not there for administrators of other organisations', async () => {
    const stranger = await world.stranger();
    for (const view of VIEWS) expect((await stranger.send('GET', `/api/performance/${view}`)).status).toBe(404);
  });
});
