import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, PASSWORD, type AppWorld, type Visitor } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

const MISSING = '00000000-0000-4000-8000-000000000000';
const SENSITIVE = [
  'DELETE /api/me/second-factor',
  'DELETE /api/me/sessions',
  'DELETE /api/me/sessions/{id}',
  'DELETE /api/performance/sessions/users/{id}',
  'DELETE /api/performance/sessions/{handle}',
  'DELETE /api/sessions',
  'DELETE /api/users/{id}',
  'DELETE /api/users/{id}/second-factor',
  'DELETE /api/users/{id}/sessions',
  'DELETE /api/users/{id}/sessions/{sessionId}',
  'PATCH /api/settings',
  'PATCH /api/users/{id}',
  'POST /api/me/second-factor',
  'POST /api/me/second-factor/confirm',
  'POST /api/me/second-factor/recovery-codes',
  'POST /api/organisations',
  'POST /api/performance/recommendations/{id}/apply',
  'POST /api/performance/recommendations/{id}/revert',
  'POST /api/users',
];

/** Makes the visitor's proof of identity an hour old. */
async function age(visitor: Visitor): Promise<void> {
  await world.context.ownerDatabase.query(
    `with aged as (update sessions set authenticated_at = authenticated_at - interval '1 hour', version = version + 1
       where user_id = $1 returning handle)
     select pg_notify('dataguardian_sessions_ended', handle::text) from aged`,
    [visitor.userId],
  );
  await expect
    .poll(async () => (await visitor.send('DELETE', `/api/me/sessions/${MISSING}`)).json.code)
    .toBe('SESSION_NOT_FRESH');
}

const cookieOf = (headers: Readonly<Record<string, unknown>>): string =>
  String(headers['set-cookie']).split(';')[0] ?? '';

describe('what is sensitive', () => {
  it('is named in the OpenAPI document, route by route (ASVS 7.5.1, 7.5.3)', async () => {
    const { paths } = (await world.anybody().send('GET', '/api/openapi.json')).json;
    const named = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { description = '' }]) => description.includes('SESSION_NOT_FRESH'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(named.toSorted()).toEqual(SENSITIVE);
  });

  it('is open after signing in, and later only to who proves again who it is (ASVS 7.5.1, 7.5.3)', async () => {
    const boss = await world.member('admin');
    const user = { email: 'late@second.example', role: 'auditor', password: PASSWORD };
    expect((await boss.send('POST', '/api/users', user)).status).toBe(201);
    await age(boss);
    for (const route of SENSITIVE) {
      const [method, path = ''] = route.split(' ');
      const url = path.replaceAll(/\{\w+\}/g, MISSING);
      const answer = await boss.send(method as 'POST' | 'PATCH' | 'DELETE', url, method === 'DELETE' ? undefined : {});
      expect([route, answer.status, answer.json.code]).toEqual([route, 403, 'SESSION_NOT_FRESH']);
      expect(answer.json.hint).toContain('/api/auth/confirm');
    }
    const confirmed = await boss.send('POST', '/api/auth/confirm', { password: PASSWORD });
    expect(confirmed.status).toBe(200);
    expect(Date.parse(confirmed.json.freshUntil)).toBeGreaterThan(Date.now());
    const cookie = cookieOf(confirmed.headers);
    const again = { ...user, email: 'later@second.example' };
    expect((await boss.send('POST', '/api/users', again, { cookie })).status).toBe(201);
  });

  it('is nobody else to know of: roles and organisations are held against the route first', async () => {
    const member = await world.member('analyst');
    await age(member);
    expect((await member.send('DELETE', `/api/users/${MISSING}`)).json.code).toBe('FORBIDDEN');
    expect((await member.send('POST', '/api/organisations', {})).status).toBe(404);
    const stranger = await world.stranger();
    await age(stranger);
    expect((await stranger.send('POST', '/api/organisations', {})).status).toBe(404);
    expect((await stranger.send('POST', '/api/performance/recommendations/x/apply')).status).toBe(404);
    expect((await world.anybody().send('DELETE', '/api/me/sessions')).status).toBe(401);
  });
});

describe('a proof of who one is', () => {
  it('replaces the cookie: the former one opens nothing any more (ASVS 7.2.4)', async () => {
    const member = await world.member('analyst');
    const { headers } = await member.send('POST', '/api/auth/confirm', { password: PASSWORD });
    expect(headers['set-cookie']).toMatch(/^dataguardian=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await member.send('GET', '/api/me')).status).toBe(401);
    expect((await member.send('GET', '/api/me', undefined, { cookie: cookieOf(headers) })).status).toBe(200);
  });

  it('that is wrong signs nobody out, is written down, and cannot be guessed for long', async () => {
    const member = await world.member('analyst');
    const tries = [];
    for (let attempt = 0; attempt < 11; attempt++)
      tries.push(await member.send('POST', '/api/auth/confirm', { password: 'not the one' }));
    expect(tries.map(({ status }) => status)).toEqual([...Array<number>(10).fill(400), 429]);
    expect(tries[0]?.json.code).toBe('PASSWORD_WRONG');
    expect((await member.send('GET', '/api/me')).status).toBe(200);
    const { items } = (await world.admin.send('GET', `/api/audit?userId=${member.userId}`)).json;
    expect(items.filter(({ action }: { action: string }) => action === 'confirm-failed')).toHaveLength(10);
  });

  it('is asked of signed-in people only', async () => {
    expect((await world.anybody().send('POST', '/api/auth/confirm', { password: PASSWORD })).status).toBe(401);
  });
});
