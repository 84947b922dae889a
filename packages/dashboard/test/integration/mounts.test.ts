import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, type Dashboard } from '@dataguardian/dashboard';
import { createProfiler, type Profiler } from '@dataguardian/profiler';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { watch } from './event-reader.ts';
import { MOUNTS, type Mounted } from './mounted.ts';

let closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  closers = [];
});

const ADMIN = { 'x-user': 'anna' };

/** The machine's, in a hurry: what happens every few seconds happens every 200 ms. */
const hastyClock: Clock = {
  ...systemClock,
  repeat: (periodMs, callback) => systemClock.repeat(Math.min(periodMs, 200), callback),
};

async function mountedWorld(
  mount: (dashboard: Dashboard) => Promise<Mounted>,
): Promise<Mounted & { readonly dashboard: Dashboard; readonly profiler: Profiler }> {
  const profiler = createProfiler({ windowMs: 50 });
  profiler.start();
  const dashboard = createDashboard({
    profiler,
    advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
    clock: hastyClock,
    health: () => ({ cache: { status: 'degraded', detail: 'memory only' } }),
    sources: {
      fallbacks: {
        cache: { behaviour: { en: 'reads go to the database', nl: 'x' }, remedy: { en: 'start Redis', nl: 'x' } },
      },
    },
  });
  const mounted = await mount(dashboard);
  closers.push(
    () => mounted.close(),
    () => dashboard.close(),
    () => profiler.stop(),
  );
  return { ...mounted, dashboard, profiler };
}

describe.each(Object.entries(MOUNTS))('the dashboard in %s', (_name, mount) => {
  it('is not there for anybody but administrators: pages, files, endpoints and stream', async () => {
    const { address, dashboard } = await mountedWorld(mount);
    const everything = [
      ...dashboard.routes.map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+/g, 'x') })),
      { method: 'GET', path: '/api/performance/stream' },
      { method: 'GET', path: '/admin/performance' },
      { method: 'GET', path: '/admin/performance/database' },
      { method: 'GET', path: '/admin/performance/assets/x.js' },
    ];
    expect(everything.length).toBeGreaterThan(45);
    const missing = await fetch(`${address}/nothing`, { method: 'POST' });
    const missingShape = Object.keys((await missing.json()) as object);
    for (const { method, path } of everything) {
      // What is sent must not make a difference that tells.
      const body = method === 'POST' || method === 'PATCH' ? '{ not json' : null;
      const answer = await fetch(`${address}${path}`, {
        method,
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(Object.keys((await answer.json()) as object)).toEqual(missingShape);
    }
    expect(dashboard.watcherCount).toBe(0);
  });

  it('answers administrators with JSON, files and mistakes that say what to do', async () => {
    const { address } = await mountedWorld(mount);
    const get = (path: string): Promise<Response> => fetch(`${address}/api/performance${path}`, { headers: ADMIN });
    const components = await get('/components');
    expect(await components.json()).toMatchObject({
      items: [
        {
          name: 'cache',
          status: 'degraded',
          fallback: { en: 'reads go to the database' },
          remedy: { en: 'start Redis' },
        },
      ],
    });
    expect(await (await get('/database')).json()).toMatchObject({ state: 'empty', reason: 'not-connected' });
    const csv = await get('/series?metrics=runtime.rss&format=csv');
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.headers.get('content-disposition')).toMatch(/attachment; filename="series-.*\.csv"/);
    expect(await csv.text()).toMatch(/^time,runtime\.rss \(bytes\)\r\n/);
    const wrong = await get('/series?metrics=none');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      code: 'DASHBOARD_BAD_REQUEST',
      message: expect.stringContaining('"none"') as string,
    });
    expect((await get('/recommendations/unknown')).status).toBe(404);
    expect(await (await get('/requests/exemplars?count=3&route=none')).json()).toEqual({ items: [] });
    expect((await get('/requests/unknown')).status).toBe(404);
    const ledger = await get('/recommendations/ledger');
    expect(await ledger.json()).toEqual({ items: [], accuracy: [] });
    const overview = await get('/overview');
    const { status, problems } = (await overview.json()) as { status: string; problems: object[] };
    expect(status).toBe('degraded');
    // A busy machine may show bottlenecks of its own besides.
    expect(problems).toContainEqual(expect.objectContaining({ kind: 'component', page: '/cache' }));
    expect(overview.headers.get('cache-control')).toBe('no-store');
  });

  it('takes what administrators send', async () => {
    const { address } = await mountedWorld(mount);
    const send = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${address}/api/performance${path}`, {
        method,
        headers: { ...ADMIN, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      });
    const made = await send('POST', '/alerts/rules', { name: 'x', metric: 'pool.busy', threshold: 3 });
    const { id } = (await made.json()) as { id: string };
    expect((await send('DELETE', `/alerts/rules/${id}`)).status).toBe(204);
    const marked = await send('POST', '/marks', { label: 'Deploy 7' });
    expect(await marked.json()).toMatchObject({ kind: 'note', label: 'Deploy 7', by: 'anna' });
    const tried = await send('POST', '/alerts/rules/backtest', {
      rule: { name: 'x', metric: 'runtime.rss', threshold: 1 },
    });
    expect(await tried.json()).toMatchObject({ firedCount: expect.any(Number) as number, stepMs: 60_000 });
  });

  it('ends the stream of somebody who is no administrator any more', async () => {
    const { address, demote, dashboard } = await mountedWorld(mount);
    const reader = await watch(address, ADMIN);
    await until(() => reader.events.some(({ event }) => event === 'tick'));
    demote();
    await until(() => reader.isOver, { timeoutMs: 20_000 });
    await until(() => dashboard.watcherCount === 0);
    expect((await watch(address, ADMIN)).status).toBe(404);
  });
});
