import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, createFastifyPlugin } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';
import { until } from '@dataguardian/testing';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let app: FastifyInstance;
let address: string;
let close: () => Promise<void>;
let dashboard: ReturnType<typeof createDashboard>;

const ADMIN = { 'x-user': 'anna' };

beforeEach(async () => {
  const profiler = createProfiler({ windowMs: 50 });
  profiler.start();
  const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
  dashboard = createDashboard({
    profiler,
    advisor,
    health: () => ({ cache: { status: 'degraded', detail: 'memory only' } }),
    sections: () => ({ sessionsNow: 3 }),
  });
  app = Fastify();
  const guard = (request: { headers: Record<string, unknown> }): string | undefined =>
    typeof request.headers['x-user'] === 'string' ? request.headers['x-user'] : undefined;
  await app.register(createFastifyPlugin(dashboard, { guard }));
  address = await app.listen({ port: 0, host: '127.0.0.1' });
  close = async () => {
    await dashboard.close();
    profiler.stop();
    await app.close();
  };
});

afterEach(() => close());

describe('the dashboard in Fastify', () => {
  it('is not there for anybody but administrators', async () => {
    const paths = [...dashboard.routes, { method: 'GET' as const, path: '/api/performance/stream' }];
    paths.push(
      { method: 'GET', path: '/admin/performance' },
      { method: 'GET', path: '/admin/performance/assets/x.js' },
    );
    for (const { method, path } of paths) {
      const foreign = await app.inject({ method, url: path.replace(':id', 'x') });
      const missing = await app.inject({ method, url: '/nothing-here' });
      expect([path, foreign.statusCode]).toEqual([path, 404]);
      expect(Object.keys(foreign.json<object>())).toEqual(Object.keys(missing.json<object>()));
    }
  });

  it('gives the snapshot with health and the sections of the host', async () => {
    const answer = await app.inject({ url: '/api/performance/snapshot', headers: ADMIN });
    expect(answer.json()).toMatchObject({ health: { cache: { status: 'degraded' } }, sessionsNow: 3, routes: [] });
  });

  it('gives a metric over time', async () => {
    const answer = await until(async () => {
      const { values } = (
        await app.inject({ url: '/api/performance/history?metric=runtime.rss&step=1000', headers: ADMIN })
      ).json<{ values: (number | null)[] }>();
      return values.some((value) => value !== null) ? values : undefined;
    });
    expect(answer.filter((value) => value !== null).every((value) => value > 1e6)).toBe(true);
  });

  it('pushes each window to a watcher and costs nothing when the watcher has gone', async () => {
    const leave = new AbortController();
    const response = await fetch(`${address}/api/performance/stream`, {
      headers: ADMIN,
      signal: leave.signal,
    });
    let received = '';
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (!received.includes('event: tick')) received += (await reader?.read())?.value ?? '';
    expect(received).toContain('event: names');
    expect(dashboard.watcherCount).toBe(1);
    leave.abort();
    await until(() => dashboard.watcherCount === 0);
  });

  it('keeps alert rules, and says everything that is wrong with one', async () => {
    const rule = {
      name: 'slow',
      metric: 'requests.p95',
      comparison: 'above',
      threshold: 9,
      recovery: 5,
      forMs: 0,
      severity: 'info',
    };
    const url = '/api/performance/alerts/rules';
    const { id } = (await app.inject({ method: 'POST', url, headers: ADMIN, payload: rule })).json<{ id: string }>();
    await app.inject({ method: 'PATCH', url: `${url}/${id}`, headers: ADMIN, payload: { threshold: 11 } });
    const { items } = (await app.inject({ url, headers: ADMIN })).json<{ items: { id: string }[] }>();
    expect(items.find((item) => item.id === id)).toMatchObject({ threshold: 11, name: 'slow' });
    expect((await app.inject({ method: 'DELETE', url: `${url}/${id}`, headers: ADMIN })).statusCode).toBe(204);
    const wrong = await app.inject({ method: 'POST', url, headers: ADMIN, payload: { metric: 'none', forMs: -1 } });
    expect([wrong.statusCode, wrong.json<{ message: string }>().message]).toEqual([
      400,
      expect.stringMatching(/threshold.*forMs.*metric.*name/s),
    ]);
  });

  it('records a CPU profile in both formats', async () => {
    const cpu = await app.inject({ url: '/api/performance/profile.cpuprofile?ms=50', headers: ADMIN });
    expect(cpu.json<{ nodes: unknown[] }>().nodes.length).toBeGreaterThan(0);
    const pprof = await app.inject({ url: '/api/performance/profile.pb.gz?ms=50', headers: ADMIN });
    expect([...pprof.rawPayload.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it('changes how finely the process is sampled, within bounds', async () => {
    const set = (intervalMs: unknown) =>
      app.inject({
        method: 'POST',
        url: '/api/performance/profiler/sampling',
        headers: ADMIN,
        payload: { intervalMs },
      });
    for (const intervalMs of [50, 0, 20]) {
      expect((await set(intervalMs)).statusCode).toBe(200);
      const view = await app.inject({ url: '/api/performance/profiler', headers: ADMIN });
      expect(view.json<{ overhead: { intervalMs: number } }>().overhead.intervalMs).toBe(intervalMs);
    }
    expect([(await set(0.2)).statusCode, (await set('often')).statusCode]).toEqual([400, 400]);
  });

  it('answers 404 for a recommendation that does not exist', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/performance/recommendations/x/apply',
      headers: ADMIN,
    });
    expect(answer.statusCode).toBe(404);
  });

  it('marks what changes the running system or ends sessions, and nothing else, as the host asks', async () => {
    const host = Fastify();
    const marked: string[] = [];
    host.addHook('onRoute', ({ method, url, config }) => {
      if (config !== undefined && 'fresh' in config && config.fresh) marked.push(`${String(method)} ${url}`);
    });
    await host.register(createFastifyPlugin(dashboard, { guard: () => 'anna', sensitiveConfig: { fresh: true } }));
    expect(marked.toSorted()).toEqual([
      'DELETE /api/performance/sessions/:handle',
      'DELETE /api/performance/sessions/users/:id',
      'POST /api/performance/recommendations/:id/apply',
      'POST /api/performance/recommendations/:id/revert',
    ]);
    await host.close();
  });
});
