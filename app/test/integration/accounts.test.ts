import { until } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, PASSWORD, type AppWorld } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

describe('signing in', () => {
  it('answers who one is and sets a cookie that scripts cannot read', async () => {
    const answer = await world
      .anybody()
      .send('POST', '/api/auth/login', { email: ' Admin@First.example', password: PASSWORD });
    expect(answer.json).toMatchObject({ email: 'admin@first.example', role: 'admin', organisation: { isRoot: true } });
    expect(answer.headers['set-cookie']).toMatch(/^dataguardian=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('uses a cookie bound to the host when the browser came over TLS', async () => {
    const answer = await world
      .anybody()
      .send(
        'POST',
        '/api/auth/login',
        { email: 'admin@first.example', password: PASSWORD },
        { 'x-forwarded-proto': 'https' },
      );
    expect(answer.headers['set-cookie']).toMatch(/^__Host-dataguardian=.*; Secure$/);
  });

  it('says the same for a wrong password and an unknown address', async () => {
    const send = (email: string) => world.anybody().send('POST', '/api/auth/login', { email, password: 'not the one' });
    const [wrong, unknown] = [await send('admin@first.example'), await send('nobody@first.example')];
    expect([wrong.status, wrong.json.code]).toEqual([401, 'SIGN_IN_FAILED']);
    expect(unknown.json).toEqual(wrong.json);
    expect(wrong.headers['content-type']).toContain('application/problem+json');
  });

  it('slows down whoever guesses', async () => {
    const answers = [];
    for (let attempt = 0; attempt < 11; attempt++)
      answers.push(
        await world.anybody().send('POST', '/api/auth/login', { email: 'guess@first.example', password: 'x' }),
      );
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429]);
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('ends the session that the browser had', async () => {
    const member = await world.member('analyst');
    await member.send('POST', '/api/auth/login', { email: member.email, password: PASSWORD });
    expect((await member.send('GET', '/api/me')).status).toBe(401);
  });

  it('ends with signing out', async () => {
    const member = await world.member('analyst');
    const answer = await member.send('POST', '/api/auth/logout');
    expect([answer.status, answer.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await member.send('GET', '/api/me')).json).toMatchObject({ code: 'NOT_SIGNED_IN' });
  });
});

describe('a request that another site caused', () => {
  it.each([{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }])(
    'is refused when it would change something (%o)',
    async (headers) => {
      const answer = await world.admin.send('POST', '/api/users', { email: 'x@y.example', role: 'auditor' }, headers);
      expect([answer.status, answer.json.code]).toEqual([403, 'CROSS_SITE']);
    },
  );

  it('is answered when a program sends it, or the own pages do', async () => {
    const own = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80', host: 'localhost:80' };
    expect((await world.admin.send('PATCH', '/api/me', { locale: 'nl' }, own)).status).toBe(200);
    expect((await world.admin.send('PATCH', '/api/me', { locale: 'en' })).json).toMatchObject({ locale: 'en' });
  });
});

describe('users', () => {
  it('are added with a password that is shown once', async () => {
    const added = await world.admin.send('POST', '/api/users', { email: 'New@First.example', role: 'auditor' });
    expect(added.json).toMatchObject({ email: 'new@first.example', role: 'auditor', disabled: false });
    const signedIn = await world.signIn('new@first.example', added.json.password);
    expect((await signedIn.send('GET', '/api/me')).json.role).toBe('auditor');
    const list = await world.admin.send('GET', '/api/users');
    expect(list.text).not.toContain(added.json.password);
    expect(list.text).not.toMatch(/argon2id|scrypt/);
  });

  it('cannot share an address', async () => {
    const member = await world.member('analyst');
    const again = await world.admin.send('POST', '/api/users', { email: member.email, role: 'analyst' });
    expect([again.status, again.json.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it('lose their sessions when they are disabled, and cannot sign in', async () => {
    const member = await world.member('manager');
    await world.admin.send('PATCH', `/api/users/${member.userId}`, { disabled: true });
    expect((await member.send('GET', '/api/me')).status).toBe(401);
    await expect(world.signIn(member.email, PASSWORD)).rejects.toThrow('SIGN_IN_FAILED');
  });

  it('get another role at once', async () => {
    const member = await world.member('auditor');
    await world.admin.send('PATCH', `/api/users/${member.userId}`, { role: 'admin' });
    const again = await world.signIn(member.email, PASSWORD);
    expect((await again.send('GET', '/api/users')).status).toBe(200);
    await world.admin.send('DELETE', `/api/users/${member.userId}`);
    expect((await again.send('GET', '/api/users')).status).toBe(401);
  });

  it('keep one administrator', async () => {
    const { userId } = world.admin;
    for (const answer of [
      await world.admin.send('PATCH', `/api/users/${userId}`, { role: 'auditor' }),
      await world.admin.send('PATCH', `/api/users/${userId}`, { disabled: true }),
      await world.admin.send('DELETE', `/api/users/${userId}`),
    ])
      expect([answer.status, answer.json.code]).toEqual([409, 'LAST_ADMINISTRATOR']);
  });

  it('keep one administrator, also when two demote each other at the same moment', async () => {
    const boss = await world.stranger();
    const deputy = await boss.send('POST', '/api/users', {
      email: 'deputy@second.example',
      role: 'admin',
      password: PASSWORD,
    });
    const second = await world.signIn('deputy@second.example', PASSWORD);
    const { ownerDatabase } = world.context;
    // Both get as far as the administrators' rows before either may go on.
    const { asked } = await ownerDatabase.transaction(async (owner) => {
      await owner.query("select from users where role = 'admin' for update");
      const both = Promise.all([
        boss.send('PATCH', `/api/users/${deputy.json.id}`, { role: 'auditor' }),
        second.send('PATCH', `/api/users/${boss.userId}`, { role: 'auditor' }),
      ]);
      await until(
        async () => {
          const { rowCount } = await ownerDatabase.query(
            "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          );
          return rowCount === 2;
        },
        { what: 'both to wait for the rows' },
      );
      return { asked: both };
    });
    const answers = await asked;
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it.each(['manager', 'analyst', 'auditor'] as const)('are no business of a %s', async (role) => {
    const member = await world.member(role);
    expect((await member.send('GET', '/api/users')).status).toBe(403);
    expect((await member.send('POST', '/api/users', { email: 'z@first.example', role: 'admin' })).status).toBe(403);
  });

  it('are named field by field when they cannot be added', async () => {
    const answer = await world.admin.send('POST', '/api/users', { email: 'no', role: 'king' });
    expect(answer.status).toBe(400);
    expect(answer.json.errors.map(({ field }: { field: string }) => field)).toEqual(['email', 'role']);
  });
});

describe('the own account', () => {
  it('changes its password, which signs the other devices out', async () => {
    const member = await world.member('analyst');
    const elsewhere = await world.signIn(member.email, PASSWORD);
    const wrong = await member.send('POST', '/api/me/password', {
      currentPassword: 'no',
      newPassword: 'a much better one',
    });
    expect([wrong.status, wrong.json.code]).toEqual([400, 'PASSWORD_WRONG']);
    const changed = await member.send('POST', '/api/me/password', {
      currentPassword: PASSWORD,
      newPassword: 'a much better one',
    });
    expect((await elsewhere.send('GET', '/api/me')).status).toBe(401);
    const cookie = String(changed.headers['set-cookie']).split(';')[0] ?? '';
    expect((await member.send('GET', '/api/me', undefined, { cookie })).status).toBe(200);
    expect((await member.send('GET', '/api/me')).status).toBe(401);
    expect((await (await world.signIn(member.email, 'a much better one')).send('GET', '/api/me')).status).toBe(200);
  });

  it('lists its devices and signs one out', async () => {
    const member = await world.member('analyst');
    const elsewhere = await world.signIn(member.email, PASSWORD);
    const { items } = (await member.send('GET', '/api/me/sessions')).json;
    const other = items.find(({ isCurrent }) => !isCurrent);
    expect(items.length).toBe(2);
    expect((await member.send('DELETE', `/api/me/sessions/${other?.id}`)).status).toBe(204);
    expect((await elsewhere.send('GET', '/api/me')).status).toBe(401);
  });
});

it('writes no password, cookie or query string into its log', async () => {
  await world.anybody().send('GET', '/api/me?token=hidden-in-the-address');
  const text = world.logged.join('\n');
  expect(world.logged.length).toBeGreaterThan(0);
  for (const secret of [PASSWORD, world.admin.cookie.split('=')[1] ?? '', 'hidden-in-the-address'])
    expect(text).not.toContain(secret);
});
