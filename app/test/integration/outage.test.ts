import { ownPostgresForTest, until } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSharedThrottle } from '../../src/features/accounts/throttle.ts';
import { Problem } from '../../src/server/problem.ts';
import { appWorld, PASSWORD, type AppWorld } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  const server = await ownPostgresForTest();
  world = await appWorld({ databaseUrl: server.connectionString });
  // What is asked for before the outage is what can be answered during it.
  await world.admin.send('GET', '/api/me');
  await world.admin.send('GET', '/api/overview');
  await server.stop();
  await until(async () => (await world.admin.send('PATCH', '/api/me', { locale: 'nl' })).status === 503);
  // A write fails as soon as its own connection is lost; the outage is known once no connection is left.
  await until(() => world.context.database.health().status === 'down', { what: 'the outage to be known' });
});
afterAll(() => world.close());

describe('while the database is away', () => {
  it('answers from memory, and says that it may be out of date', async () => {
    const me = await world.admin.send('GET', '/api/me');
    expect([me.status, me.json.email]).toEqual([200, world.admin.email]);
    expect(me.headers['warning']).toContain('110');
    expect((await world.admin.send('GET', '/api/overview')).status).toBe(200);
  });

  it('refuses to write, and says when to try again', async () => {
    const answer = await world.admin.send('PATCH', '/api/me', { locale: 'nl' });
    expect([answer.status, answer.json.code]).toEqual([503, 'UNAVAILABLE']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.json.instance).toBe(`urn:uuid:${String(answer.headers['x-request-id'])}`);
  });

  it('refuses to sign anybody in, without saying that the password was wrong', async () => {
    const answer = await world
      .anybody()
      .send('POST', '/api/auth/login', { email: world.admin.email, password: PASSWORD });
    expect([answer.status, answer.json.code]).toEqual([503, 'UNAVAILABLE']);
  });

  it('opens nothing sensitive to a proof that cannot be checked, and does not blame the password', async () => {
    const answer = await world.admin.send('POST', '/api/auth/confirm', { password: PASSWORD });
    expect([answer.status, answer.json.code]).toEqual([503, 'UNAVAILABLE']);
  });

  it('still slows down whoever guesses, in each process', async () => {
    const throttle = createSharedThrottle(world.context);
    const failing = (): Promise<never> =>
      Promise.reject(new Problem(401, { code: 'SIGN_IN_FAILED', title: 'Signing in failed' }));
    const codes = [];
    for (let attempt = 0; attempt < 12; attempt++)
      codes.push(
        await throttle
          .attempt({ account: 'a@example.org', address: '192.0.2.9' }, failing)
          .catch((error: unknown) => (error instanceof Problem ? error.code : error)),
      );
    expect(codes).toEqual([...Array<string>(10).fill('SIGN_IN_FAILED'), 'TOO_MANY_TRIES', 'TOO_MANY_TRIES']);
  });

  it('is degraded, not down', async () => {
    const health = await world.anybody().send('GET', '/health/ready');
    expect([health.status, health.json.status, health.json.components.database.status]).toEqual([
      200,
      'degraded',
      'down',
    ]);
    expect((await world.anybody().send('GET', '/health/live')).json).toEqual({ status: 'up' });
  });
});
