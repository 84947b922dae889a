import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSharedThrottle } from '../../src/features/accounts/throttle.ts';
import { Problem } from '../../src/server/problem.ts';
import type { AnswerJson } from './answer-json.ts';
import { appWorld, PASSWORD, type AppWorld, type Visitor } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

const isIn = async (visitor: Visitor): Promise<boolean> => (await visitor.send('GET', '/api/me')).status === 200;
const actionsOf = async (by: Visitor, userId: string): Promise<string[]> =>
  (await by.send('GET', `/api/audit?userId=${userId}`)).json.items.map(({ action }) => action);

describe('somebody with several devices', () => {
  it('signs all others out and stays (ASVS 7.5.2)', async () => {
    const here = await world.member('analyst');
    const others = [await world.signIn(here.email, PASSWORD), await world.signIn(here.email, PASSWORD)];
    expect((await here.send('DELETE', '/api/me/sessions')).status).toBe(204);
    expect([await isIn(here), ...(await Promise.all(others.map(isIn)))]).toEqual([true, false, false]);
    expect(await actionsOf(world.admin, here.userId)).toContain('session.revoke-others');
  });

  it("cannot end another person's, nor one that does not exist", async () => {
    const [anna, bert] = [await world.member('analyst'), await world.member('analyst')];
    const [session] = (await bert.send('GET', '/api/me/sessions')).json.items;
    expect((await anna.send('DELETE', `/api/me/sessions/${session?.id}`)).status).toBe(404);
    expect(await isIn(bert)).toBe(true);
  });
});

describe('an administrator', () => {
  it("sees a user's devices and ends one, or all of them (ASVS 7.4.5)", async () => {
    const member = await world.member('analyst');
    const elsewhere = await world.signIn(member.email, PASSWORD);
    const path = `/api/users/${member.userId}/sessions`;
    const { items } = (await world.admin.send('GET', path)).json;
    expect(items.map(({ isCurrent }) => isCurrent)).toEqual([false, false]);
    // Most recently used first: the latest sign-in.
    expect((await world.admin.send('DELETE', `${path}/${items[0]?.id}`)).status).toBe(204);
    expect([await isIn(member), await isIn(elsewhere)].toSorted()).toEqual([false, true]);
    expect((await world.admin.send('DELETE', path)).status).toBe(204);
    expect([await isIn(member), await isIn(elsewhere)]).toEqual([false, false]);
    expect(await actionsOf(world.admin, member.userId)).toContain('session.revoke-user');
  });

  it('ends the session of nobody outside the organisation, and sees none (ASVS 8.4.1)', async () => {
    const stranger = await world.stranger();
    const id = (await stranger.send('GET', '/api/me/sessions')).json.items[0]?.id;
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['DELETE', `/${id}`],
    ] as const)
      expect((await world.admin.send(method, `/api/users/${stranger.userId}/sessions${path}`)).status).toBe(404);
    const member = await world.member('auditor');
    expect((await world.admin.send('DELETE', `/api/users/${member.userId}/sessions/${id}`)).status).toBe(404);
    expect((await world.admin.send('GET', `/api/users/${stranger.userId}/activity`)).status).toBe(404);
    expect(await isIn(stranger)).toBe(true);
  });

  it('ends the sessions of everybody else in the organisation at once (ASVS 7.4.5)', async () => {
    const [boss, stranger] = [await world.stranger(), await world.stranger()];
    const body = { email: 'worker@second.example', role: 'analyst', password: PASSWORD };
    expect((await boss.send('POST', '/api/users', body)).status).toBe(201);
    const worker = await world.signIn(body.email, PASSWORD);
    expect((await boss.send('DELETE', '/api/sessions')).json).toEqual({ endedCount: 1 });
    expect([await isIn(boss), await isIn(worker), await isIn(stranger)]).toEqual([true, false, true]);
  });

  it('sees what a user did, in which session', async () => {
    const member = await world.member('manager');
    await member.send('PATCH', '/api/me', { name: 'Somebody' });
    const { items } = (await world.admin.send('GET', `/api/users/${member.userId}/activity`)).json;
    expect(items.map(({ what }) => what)).toEqual(['PATCH /api/me 200', 'started']);
    expect(JSON.stringify(items)).not.toContain('Somebody');
  });

  it.each(['manager', 'analyst', 'auditor'] as const)('is not a %s: those see and end only their own', async (role) => {
    const member = await world.member(role);
    const path = `/api/users/${world.admin.userId}`;
    expect((await member.send('GET', `${path}/sessions`)).status).toBe(403);
    expect((await member.send('DELETE', `${path}/sessions`)).status).toBe(403);
    expect((await member.send('DELETE', '/api/sessions')).status).toBe(403);
    expect((await member.send('GET', `${path}/activity`)).status).toBe(403);
  });
});

describe('the audit log', () => {
  it('is read page by page by administrators and auditors, each of their organisation alone', async () => {
    const auditor = await world.member('auditor');
    const all = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: AnswerJson = (
        await auditor.send('GET', `/api/audit?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json;
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(all.length).toBeGreaterThan(14);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ id }) => Number(id))).toEqual(all.map(({ id }) => Number(id)).toSorted((a, b) => b - a));
    expect(all.filter(({ email }) => email?.endsWith('@second.example'))).toEqual([]);
    const stranger = await world.stranger();
    const { items } = (await stranger.send('GET', '/api/audit')).json;
    expect(items.map(({ email }) => email)).toEqual([stranger.email]);
  });

  it('takes no cursor that it did not make', async () => {
    for (const key of ['x', '-1', "1' or true --", '9'.repeat(19)]) {
      const cursor = Buffer.from(JSON.stringify([key])).toString('base64url');
      const answer = await world.admin.send('GET', `/api/audit?cursor=${cursor}`);
      expect([answer.status, answer.json.code]).toEqual([400, 'CURSOR_INVALID']);
    }
  });

  it('is no business of managers and analysts', async () => {
    for (const role of ['manager', 'analyst'] as const)
      expect((await (await world.member(role)).send('GET', '/api/audit')).status).toBe(403);
  });
});

describe('guessing passwords', () => {
  const failing = (): Promise<never> =>
    Promise.reject(new Problem(401, { code: 'SIGN_IN_FAILED', title: 'Signing in failed' }));
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'in',
      (error: unknown) => (error instanceof Problem ? error.code : error),
    );

  it('is counted over all processes', async () => {
    const processes = [createSharedThrottle(world.context), createSharedThrottle(world.context)] as const;
    const who = { account: 'shared@first.example', address: '192.0.2.7' };
    const codes = await Promise.all(
      Array.from({ length: 24 }, (_, index) => codeOf(processes[index % 2 === 0 ? 0 : 1].attempt(who, failing))),
    );
    expect(codes.filter((code) => code === 'SIGN_IN_FAILED')).toHaveLength(10);
    expect(codes.filter((code) => code === 'TOO_MANY_TRIES')).toHaveLength(14);
    const { rows } = await world.context.ownerDatabase.query<{ key: string }>('select key from sign_in_attempts');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/shared|192\.0\.2/);
  });

  it('is forgotten when it is long over', async () => {
    const later = { now: () => Date.now() + 16 * 60_000 };
    await createSharedThrottle({ ...world.context, clock: later }).sweep();
    const { rowCount } = await world.context.ownerDatabase.query('select from sign_in_attempts');
    expect(rowCount).toBe(0);
  });
});
