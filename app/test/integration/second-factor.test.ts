import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, STEP_MS } from '../../src/features/accounts/second-factor/totp.ts';
import { type AppWorld, appWorld, PASSWORD, type Visitor } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  world = await appWorld();
});

afterAll(() => world.close());

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator app makes of the key that it was shown. */
function toBytes(key: string): Uint8Array {
  const bits = Array.from(key, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from({ length: Math.floor(bits.length / 8) }, (_, at) =>
    Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2),
  );
}

interface Enrolled {
  readonly visitor: Visitor;
  readonly recoveryCodes: readonly string[];
  /** The code of a step that was not used; each call goes one on. */
  nextCode(): string;
}

const withCookie = (visitor: Visitor, headers: Readonly<Record<string, unknown>>): Record<string, string> => ({
  cookie: String(headers['set-cookie']).split(';')[0] ?? visitor.cookie,
});

/** Sets a second factor up as the pages do, and signs in again with a recovery code. */
async function enrol(visitor: Visitor): Promise<Enrolled> {
  const offer = await visitor.send('POST', '/api/me/second-factor');
  expect(offer.status).toBe(200);
  const secret = toBytes(offer.json.secret);
  const present = Math.floor(Date.now() / STEP_MS);
  const done = await visitor.send('POST', '/api/me/second-factor/confirm', { code: codeAt(secret, present) });
  expect([done.status, done.text]).toEqual([200, expect.stringContaining('recoveryCodes')]);
  const [first, ...recoveryCodes] = done.json.recoveryCodes as string[];
  const signedIn = await login(visitor, first);
  expect(signedIn.status).toBe(200);
  const { cookie } = withCookie(visitor, signedIn.headers);
  let step = present;
  return {
    visitor: { ...visitor, send: (method, url, body) => visitor.send(method, url, body, { cookie: cookie ?? '' }) },
    recoveryCodes,
    nextCode: () => codeAt(secret, (step += 1)),
  };
}

const login = (visitor: Visitor, code?: string) =>
  world.anybody().send('POST', '/api/auth/login', {
    email: visitor.email,
    password: PASSWORD,
    ...(code === undefined ? {} : { code }),
  });

describe('a second factor', () => {
  it('is in force once its first code was right, and ends what the password alone had opened (ASVS 7.4.3)', async () => {
    const member = await world.member('analyst');
    const elsewhere = await world.signIn(member.email, PASSWORD);
    const offer = await member.send('POST', '/api/me/second-factor');
    expect(offer.json).toMatchObject({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/), qr: { size: 57 } });
    expect(offer.json.uri).toContain(`secret=${offer.json.secret}`);
    expect(offer.headers['cache-control']).toBe('no-store');
    expect((await member.send('POST', '/api/me/second-factor/confirm', { code: '000000' })).json.code).toBe(
      'SECOND_FACTOR_WRONG',
    );
    expect((await login(member)).status).toBe(200);
    const code = codeAt(toBytes(offer.json.secret), Math.floor(Date.now() / STEP_MS));
    const done = await member.send('POST', '/api/me/second-factor/confirm', { code });
    expect(new Set(done.json.recoveryCodes).size).toBe(10);
    expect((await member.send('GET', '/api/me')).status).toBe(401);
    expect((await elsewhere.send('GET', '/api/me')).status).toBe(401);
    const cookie = withCookie(member, done.headers);
    expect((await member.send('GET', '/api/me/second-factor', undefined, cookie)).json).toEqual({
      isOn: true,
      isRequired: false,
      recoveryCodesLeft: 10,
    });
  });

  it('is asked for after the password, never instead of it', async () => {
    const { visitor, nextCode } = await enrol(await world.member('analyst'));
    const without = await login(visitor);
    expect([without.status, without.json.code, without.headers['set-cookie']]).toEqual([
      401,
      'SECOND_FACTOR_NEEDED',
      undefined,
    ]);
    const wrongPassword = await world
      .anybody()
      .send('POST', '/api/auth/login', { email: visitor.email, password: 'not the one', code: nextCode() });
    expect(wrongPassword.json.code).toBe('SIGN_IN_FAILED');
  });

  it('opens with a code once: whoever saw it typed has nothing', async () => {
    const { visitor, nextCode } = await enrol(await world.member('analyst'));
    const code = nextCode();
    expect((await login(visitor, code)).status).toBe(200);
    expect((await login(visitor, code)).json.code).toBe('SECOND_FACTOR_WRONG');
  });

  it('lets one of many that send the same code at once in', async () => {
    const { visitor, recoveryCodes } = await enrol(await world.member('analyst'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(visitor, recoveryCodes[0])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('opens with each recovery code once, however it is typed', async () => {
    const { visitor, recoveryCodes } = await enrol(await world.member('analyst'));
    const typed = ` ${recoveryCodes[0]?.replaceAll('-', ' ').toUpperCase()}`;
    expect((await login(visitor, typed)).status).toBe(200);
    expect((await login(visitor, recoveryCodes[0])).json.code).toBe('SECOND_FACTOR_WRONG');
    expect((await visitor.send('GET', '/api/me/second-factor')).json.recoveryCodesLeft).toBe(8);
  });

  it('cannot be guessed for long, from however many addresses', async () => {
    const { visitor, recoveryCodes } = await enrol(await world.member('analyst'));
    const tries = [];
    for (let attempt = 0; attempt < 11; attempt++)
      tries.push(
        await world.app.inject({
          method: 'POST',
          url: '/api/auth/login',
          payload: { email: visitor.email, password: PASSWORD, code: '000000' },
          remoteAddress: `192.0.2.${attempt + 1}`,
        }),
      );
    expect(tries.map(({ statusCode }) => statusCode)).toEqual([...Array<number>(10).fill(401), 429]);
    // Not even the right one, meanwhile; and nothing of this without the password.
    expect((await login(visitor, recoveryCodes[0])).status).toBe(429);
    const { items } = (await world.admin.send('GET', `/api/audit?userId=${visitor.userId}`)).json;
    expect(items.filter(({ action }: { action: string }) => action === 'second-factor-failed')).toHaveLength(10);
  });

  it('is part of the proof that what is sensitive asks for (ASVS 7.5.3)', async () => {
    const { visitor, nextCode } = await enrol(await world.member('analyst'));
    const bare = await visitor.send('POST', '/api/auth/confirm', { password: PASSWORD });
    expect([bare.status, bare.json.code]).toEqual([400, 'SECOND_FACTOR_NEEDED']);
    const wrong = await visitor.send('POST', '/api/auth/confirm', { password: PASSWORD, code: '000000' });
    expect([wrong.status, wrong.json.code]).toEqual([400, 'SECOND_FACTOR_WRONG']);
    expect((await visitor.send('POST', '/api/auth/confirm', { password: PASSWORD, code: nextCode() })).status).toBe(
      200,
    );
  });

  it('is turned off by its owner; new recovery codes replace the old ones', async () => {
    const { visitor, recoveryCodes } = await enrol(await world.member('analyst'));
    const renewed = await visitor.send('POST', '/api/me/second-factor/recovery-codes');
    expect(renewed.json.recoveryCodes).toHaveLength(10);
    expect((await login(visitor, recoveryCodes[0])).json.code).toBe('SECOND_FACTOR_WRONG');
    expect((await login(visitor, renewed.json.recoveryCodes[0])).status).toBe(200);
    expect((await visitor.send('POST', '/api/me/second-factor')).json.code).toBe('SECOND_FACTOR_ON');
    expect((await visitor.send('DELETE', '/api/me/second-factor')).status).toBe(204);
    expect((await login(visitor)).status).toBe(200);
  });

  it('is turned off by an administrator for who has lost it, who is signed out, and by nobody of another organisation', async () => {
    const { visitor } = await enrol(await world.member('analyst'));
    const path = `/api/users/${visitor.userId}/second-factor`;
    expect((await (await world.stranger()).send('DELETE', path)).status).toBe(404);
    const { items } = (await world.admin.send('GET', '/api/users')).json;
    expect(items.find(({ id }) => id === visitor.userId)?.hasSecondFactor).toBe(true);
    expect((await world.admin.send('DELETE', path)).status).toBe(204);
    expect((await visitor.send('GET', '/api/me')).status).toBe(401);
    expect((await login(visitor)).status).toBe(200);
  });

  it('leaves neither its secret nor its recovery codes readable in the database, the cache or the log', async () => {
    const member = await world.member('analyst');
    const offer = await member.send('POST', '/api/me/second-factor');
    const { secret } = offer.json as { secret: string };
    const code = codeAt(toBytes(secret), Math.floor(Date.now() / STEP_MS));
    const { json } = await member.send('POST', '/api/me/second-factor/confirm', { code });
    const { rows } = await world.context.ownerDatabase.query<{ all: string }>(
      `select (select json_agg(f)::text from second_factors f) || (select json_agg(a)::text from audit_log a) as all`,
    );
    const raw = Buffer.from(toBytes(secret));
    const kept = [rows[0]?.all ?? '', ...world.logged].join('\n');
    for (const value of [secret, raw.toString('hex'), raw.toString('base64'), ...json.recoveryCodes])
      expect(kept).not.toContain(value);
    expect(kept).toContain('second-factor-on');
  });

  it('that was copied to another account opens nothing there', async () => {
    const { visitor, nextCode } = await enrol(await world.member('analyst'));
    const { visitor: other } = await enrol(await world.member('analyst'));
    await world.context.ownerDatabase.query(
      `update second_factors set secret_sealed = (select secret_sealed from second_factors where user_id = $1), last_step = 0
       where user_id = $2`,
      [visitor.userId, other.userId],
    );
    expect((await login(other, nextCode())).status).toBe(500);
  });
});

describe('an organisation that requires one of its administrators (ASVS 8.4.2)', () => {
  it('lets who has none do nothing but set it up', async () => {
    const boss = await world.stranger();
    expect((await boss.send('PATCH', '/api/settings', { adminsNeedSecondFactor: true })).json.code).toBe(
      'SECOND_FACTOR_OWN_FIRST',
    );
    const email = 'second-admin@second.example';
    await boss.send('POST', '/api/users', { email, role: 'admin', password: PASSWORD });
    const before = await world.signIn(email, PASSWORD);
    const { visitor } = await enrol(boss);
    expect((await visitor.send('PATCH', '/api/settings', { adminsNeedSecondFactor: true })).status).toBe(200);
    expect((await visitor.send('DELETE', '/api/me/second-factor')).json.code).toBe('SECOND_FACTOR_REQUIRED');
    expect((await before.send('GET', '/api/me')).status).toBe(401);
    const bare = await world.signIn(email, PASSWORD);
    for (const path of ['/api/users', '/api/scans', '/api/settings', '/api/overview'])
      expect([(await bare.send('GET', path)).status, (await bare.send('GET', path)).json.code]).toEqual([
        403,
        'SECOND_FACTOR_DUE',
      ]);
    expect((await bare.send('GET', '/api/me/second-factor')).json).toMatchObject({ isOn: false, isRequired: true });
    const { visitor: full } = await enrol(bare);
    expect((await full.send('GET', '/api/users')).status).toBe(200);
  });
});
