import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  clearSessionCookie,
  createAdmissionMiddleware,
  createSessionsMiddleware,
  sessionOf,
  setSessionCookie,
  type Sessions,
} from '@dataguardian/sessions';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
let world: SessionWorld;
let sessions: Sessions;
let server: Server;
let url: string;
let held: (() => void)[];
const INSECURE = { secure: false };

beforeEach(async () => {
  world = await sessionWorld();
  sessions = world.node({ withBus: true });
  held = [];
  const app = express();
  const admission = createAdmissionMiddleware({
    perUserRunning: 1,
    perUserWaiting: 1,
    classOf: ({ url: path }) => (path === '/health' ? 'free' : 'interactive'),
  });
  app.use(createSessionsMiddleware(sessions, { secure: () => false }));
  app.use(admission.middleware);
  const route = (path: string, handler: Handler): void => void app.all(path, handler);
  route('/sign-in', async (_request, response) => {
    setSessionCookie(response, (await sessions.start(ANNA)).token, INSECURE);
    response.end();
  });
  route('/sign-out', async (request, response) => {
    const session = sessionOf(request);
    if (session !== undefined) await sessions.revoke(session.handle);
    clearSessionCookie(response, INSECURE);
    response.end();
  });
  route('/who', async (request, response) => {
    await Promise.resolve();
    response.end(`${sessionOf(request)?.userId} ${sessions.current()?.userId}`);
  });
  route('/hold', (_request, response) => void held.push(() => response.end('held')));
  route('/health', (_request, response) => void response.end('up'));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.once('close', () => admission.close());
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const letGo of held) letGo();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await world.close();
});

const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
const ask = (
  path: string,
  cookie = '',
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Response> => fetch(url + path, { ...init, headers: { cookie, ...init.headers } });

describe('an Express application', () => {
  it('knows who is signed in, by the request and by the context, until the sign-out', async () => {
    const cookie = cookieOf(await ask('/sign-in'));
    expect(await (await ask('/who', cookie)).text()).toBe('anna anna');
    expect(await (await ask('/who')).text()).toBe('undefined undefined');
    const signedOut = await ask('/sign-out', cookie, { method: 'POST' });
    expect(cookieOf(signedOut)).toBe('dataguardian=');
    expect(await (await ask('/who', cookie)).text()).toBe('undefined undefined');
  });

  it('refuses what another site caused', async () => {
    const cookie = cookieOf(await ask('/sign-in'));
    const answer = await ask('/sign-out', cookie, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(403);
    expect(await (await ask('/who', cookie)).text()).toBe('anna anna');
  });

  it('hands out a new cookie when the token is due', async () => {
    const cookie = cookieOf(await ask('/sign-in'));
    // In steps within the idle time.
    for (let step = 0; step < 4; step++) {
      await world.clock.advance(20 * MINUTE);
      const answer = await ask('/who', cookie);
      expect(await answer.text()).toBe('anna anna');
      if (cookieOf(answer) === '') continue;
      expect(cookieOf(answer)).not.toBe(cookie);
      expect(await (await ask('/who', cookieOf(answer))).text()).toBe('anna anna');
      return;
    }
    throw new Error('no new cookie in 80 minutes');
  });

  it('answers 429 with Retry-After to who has too much waiting, and serves what is free', async () => {
    const cookie = cookieOf(await ask('/sign-in'));
    const running = ask('/hold', cookie);
    await expect.poll(() => held.length).toBe(1);
    const both = [ask('/hold', cookie), ask('/hold', cookie)];
    // One of them waits, the other is one too many: whichever came second.
    const refused = await Promise.race(both);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await (await ask('/health', cookie)).text()).toBe('up');
    held.shift()?.();
    expect(await (await running).text()).toBe('held');
    await expect.poll(() => held.length).toBe(1);
    held.shift()?.();
    expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([200, 429]);
  });
});
