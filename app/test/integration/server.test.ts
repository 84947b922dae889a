import { connect } from 'node:net';
import { systemClock } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installAccessControl } from '../../src/server/access-control.ts';
import { installBodyDeadline } from '../../src/server/body-deadline.ts';
import { drain } from '../../src/server/graceful-close.ts';
import { installProblemReplies } from '../../src/server/problem-replies.ts';
import { metricsToken } from '../../src/server/secret.ts';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;
beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

describe('every answer', () => {
  it('forbids scripts, styles and frames that are not ours', async () => {
    const { headers } = await world.anybody().send('GET', '/api/docs');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'.*script-src 'self' 'nonce-[^']+'.*frame-ancestors 'none'/);
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
  });

  it('asks browsers to stay on TLS only when they came over TLS', async () => {
    const secure = await world.anybody().send('GET', '/health/live', undefined, { 'x-forwarded-proto': 'https' });
    expect(secure.headers['strict-transport-security']).toContain('max-age=');
    expect((await world.anybody().send('GET', '/health/live')).headers['strict-transport-security']).toBeUndefined();
  });

  it('carries the number of its request', async () => {
    const numbers = [await world.admin.send('GET', '/api/me'), await world.admin.send('GET', '/api/me')].map(
      ({ headers }) => String(headers['x-request-id']),
    );
    expect(numbers[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(numbers[0]).not.toBe(numbers[1]);
  });
});

describe('a request that cannot be answered', () => {
  it.each([
    ['GET', '/api/nothing', undefined, 404, 'NOT_FOUND'],
    ['POST', '/nothing', undefined, 404, 'NOT_FOUND'],
    ['DELETE', '/api/users/not-an-id', undefined, 400, 'VALIDATION_FAILED'],
    ['POST', '/api/auth/login', '{"email":', 400, 'JSON_INVALID'],
    ['POST', '/api/auth/login', JSON.stringify({ email: 'x'.repeat(1_100_000) }), 413, 'BODY_TOO_LARGE'],
  ] as const)('gets a problem document: %s %s', async (method, url, body, status, code) => {
    const answer = await world.admin.send(
      method,
      url,
      body,
      body === undefined ? {} : { 'content-type': 'application/json' },
    );
    expect([answer.status, answer.json.code, answer.headers['content-type']]).toEqual([
      status,
      code,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json.title).toBeTruthy();
  });

  it('is not understood when it is no JSON', async () => {
    const answer = await world.admin.send('POST', '/api/auth/login', '<x/>', { 'content-type': 'text/xml' });
    expect([answer.status, answer.json.code]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
  });

  it('does not change the prototype of objects', async () => {
    const body = '{"locale":"nl","__proto__":{"polluted":true}}';
    const answer = await world.admin.send('PATCH', '/api/me', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('pages', () => {
  it.each(['/', '/scans', '/findings', '/admin/users'])('are one document for %s', async (path) => {
    const { status, headers, text } = await world.anybody().send('GET', path, undefined, { accept: 'text/html' });
    // A clone whose pages were never built says so instead.
    expect([
      [200, 'text/html; charset=utf-8', true],
      [503, 'text/plain; charset=utf-8', false],
    ]).toContainEqual([status, headers['content-type'], text.includes('<div id="root">')]);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('of the performance dashboard exist for administrators alone', async () => {
    expect((await world.admin.send('GET', '/admin/performance')).status).toBe(200);
    expect((await world.admin.send('GET', '/api/performance/snapshot')).status).toBe(200);
    const others = [world.anybody(), await world.member('manager'), await world.stranger()];
    for (const visitor of others) {
      expect((await visitor.send('GET', '/admin/performance')).status).toBe(404);
      expect((await visitor.send('GET', '/api/performance/snapshot')).status).toBe(404);
    }
  });
});

describe('the API documents itself', () => {
  it('in OpenAPI 3.1, with the body and the answers of every route', async () => {
    const { json } = await world.anybody().send('GET', '/api/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    for (const path of ['/api/auth/login', '/api/me', '/api/users', '/api/scans', '/api/performance/snapshot'])
      expect(json.paths).toHaveProperty([path]);
    expect(json.paths['/api/users']?.['post']?.requestBody.content['application/json']?.schema.required).toEqual([
      'email',
      'role',
    ]);
    expect(json.paths['/api/users']?.['post']?.responses['default']?.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
    expect(json).toHaveProperty('components.schemas.Problem.required', expect.arrayContaining(['code']));
  });

  it('as a page without scripts', async () => {
    const { text, headers } = await world.anybody().send('GET', '/api/docs');
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain('/api/scans/{id}/findings');
    expect(text).not.toMatch(/<script|https?:\/\/(?!127)/);
  });
});

describe('the figures for Prometheus', () => {
  it('are for this machine, and for others with the token', async () => {
    const ask = (remoteAddress: string, headers: Record<string, string> = {}) =>
      world.app.inject({ method: 'GET', url: '/metrics', remoteAddress, headers });
    expect((await ask('127.0.0.1')).statusCode).toBe(200);
    expect((await ask('192.0.2.1')).statusCode).toBe(404);
    expect((await ask('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' })).statusCode).toBe(404);
    const token = metricsToken(world.context.secret);
    expect((await ask('192.0.2.1', { authorization: `Bearer ${token}` })).statusCode).toBe(200);
    expect((await ask('192.0.2.1', { authorization: `Bearer ${token}x` })).statusCode).toBe(404);
  });
});

describe('an auditor', () => {
  it('changes nothing, whatever the route', async () => {
    const auditor = await world.member('auditor');
    const { paths = {} } = world.app.swagger();
    const own = new Set([
      '/api/auth/login',
      '/api/auth/logout',
      '/api/auth/confirm',
      '/api/me',
      '/api/me/password',
      '/api/me/second-factor',
      '/api/me/second-factor/confirm',
      '/api/me/second-factor/recovery-codes',
      '/api/me/sessions',
    ]);
    let count = 0;
    for (const [path, item] of Object.entries(paths)) {
      if (own.has(path) || path === '/api/me/sessions/{id}') continue;
      for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
        if (!Object.hasOwn(item ?? {}, method.toLowerCase())) continue;
        count += 1;
        const { status } = await auditor.send(method, path.replaceAll(/\{[^}]+\}/g, crypto.randomUUID()));
        expect([method, path, [403, 404].includes(status)]).toEqual([method, path, true]);
      }
    }
    expect(count).toBeGreaterThan(12);
  });
});

describe('a server', () => {
  it('does not start with a route that does not say who may use it', () => {
    const app = fastify();
    installAccessControl(app);
    expect(() => app.get('/open', () => 'x')).toThrow(/declares no access/);
  });

  it('gives up on a body that trickles', async () => {
    const app = fastify();
    installProblemReplies(app);
    installBodyDeadline(app, systemClock, 100);
    app.post('/', (request) => request.body);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":');
    await until(() => socket.closed);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*BODY_TOO_SLOW/);
    await app.close();
  });

  it('finishes what is in flight before it closes, and cuts off what would never end', async () => {
    const app = fastify({ forceCloseConnections: 'idle' });
    const gate = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    app.get('/slow', () => {
      asked.resolve();
      return gate.promise;
    });
    app.get('/endless', (_request, reply) => {
      reply.hijack();
      reply.raw.write('…');
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    const endless = await fetch(`http://127.0.0.1:${port}/endless`);
    // A connection is not a request yet: only what a handler has taken is in flight.
    await asked.promise;
    const patience = Promise.withResolvers<void>();
    const closed = drain(app, () => patience.promise, 10_000);
    gate.resolve('done');
    expect(await (await slow).text()).toBe('done');
    patience.resolve();
    await expect(endless.text()).rejects.toThrow('terminated');
    await closed;
  });
});
