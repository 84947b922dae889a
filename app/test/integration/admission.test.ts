import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  world = await appWorld();
});

afterAll(() => world.close());

const FLOOD = 200;

describe('a server that one person floods', () => {
  it('answers everybody else, and tells the one what to do', async () => {
    const { admin } = world;
    const other = await world.stranger();
    const flood = Array.from({ length: FLOOD }, () => admin.send('GET', '/api/overview'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => other.send('GET', '/api/overview')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const flooded = await Promise.all(flood);
    const refused = flooded.filter(({ status }) => status === 429);
    expect(flooded.length - refused.length).toBeGreaterThanOrEqual(64);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.json).toMatchObject({ code: 'TOO_MANY_REQUESTS', hint: expect.stringContaining('again') });
    expect(refused[0]?.headers['retry-after']).toBe('1');
  });

  it('still tells its health, and operators what is going on', async () => {
    const { admin } = world;
    const flood = Array.from({ length: FLOOD }, () => admin.send('GET', '/api/overview'));
    const [health, snapshot] = await Promise.all([
      admin.send('GET', '/health/live'),
      admin.send('GET', '/api/performance/snapshot'),
    ]);
    expect([health.status, snapshot.status]).toEqual([200, 200]);
    await Promise.all(flood);
  });
});
