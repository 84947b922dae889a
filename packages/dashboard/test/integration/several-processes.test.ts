import { createAdvisor } from '@dataguardian/advisor';
import type { Database } from '@dataguardian/database';
import { createDashboard, type Dashboard } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, until, type FakeClock } from '@dataguardian/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Delivery } from '../../src/api/alerts.ts';
import type { Instance, Mark, SeriesAnswer } from '../../src/api/series.ts';
import type { Health } from '../../src/history/catalogue.ts';
import { createWindowSource, windowAt } from '../windows.ts';
import { clear, databaseWorld } from './dashboard-database.ts';
import { startHookReceiver, type HookReceiver } from './hook-receiver.ts';

let database: Database;
let close: () => Promise<void>;
let hooks: HookReceiver;
const open = new Set<Dashboard>();
/** Stands still: on a slow machine, too, no process is one that has measured nothing for seconds. */
let clock: FakeClock;

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});
beforeEach(async () => {
  await clear(database);
  hooks = await startHookReceiver();
  clock = createFakeClock(Date.now());
});
afterEach(async () => {
  for (const dashboard of open) await dashboard.close();
  open.clear();
  await hooks.close();
});
afterAll(() => close());

interface Process {
  readonly dashboard: Dashboard;
  second(parts?: Parameters<typeof windowAt>[1]): void;
  ask<Answer>(endpoint: string, query?: Record<string, string>, body?: unknown): Promise<Answer>;
}

/** A process whose seconds pass when the test says so. */
function startProcess(
  instance: string,
  options: { release?: string; health?: () => Health; db?: Database } = {},
): Process {
  const source = createWindowSource();
  const profiler = { ...createProfiler({ clock }), onWindow: source.onWindow };
  const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
  const dashboard = createDashboard({
    profiler,
    advisor,
    instance,
    clock,
    database: options.db ?? database,
    secret: 'of the test',
    flushMs: 600_000,
    ...(options.release === undefined ? {} : { release: options.release }),
    ...(options.health === undefined ? {} : { health: options.health }),
  });
  open.add(dashboard);
  let at = Math.floor(clock.now() / 1_000) * 1_000 - 30_000;
  return {
    dashboard,
    second(parts) {
      at += 1_000;
      source.emit(windowAt(at, parts));
    },
    async ask<Answer>(endpoint: string, query = {}, body?: unknown) {
      const [method, path] = endpoint.split(' ');
      const route = dashboard.routes.find((each) => each.method === method && each.path === `/api/performance${path}`);
      if (route === undefined) throw new Error(`no route ${endpoint}`);
      return (await route.handle({ params: {}, query, body, by: 'anna' })) as Answer;
    },
  };
}

const listOf = async <Item>(process: Process, endpoint: string): Promise<readonly Item[]> =>
  (await process.ask<{ items: readonly Item[] }>(endpoint)).items;

describe('several processes of one database', () => {
  it('see one history', async () => {
    const [one, two] = [startProcess('one'), startProcess('two')];
    for (let second = 0; second < 12; second += 1) {
      one.second({ requests: { count: 30 } });
      two.second({ requests: { count: 12 } });
    }
    await Promise.all([one.dashboard.flush(), two.dashboard.flush()]);
    const answer = await one.ask<SeriesAnswer>('GET /series', { metrics: 'requests.rate' });
    expect(answer).toMatchObject({ source: 'database', instances: ['one', 'two'] });
    expect(answer.lines[0]?.summary.max).toBe(42);
    expect(
      (await listOf<Instance>(two, 'GET /instances')).map(({ id, isSelf, isLive }) => [id, isSelf, isLive]),
    ).toEqual([
      ['one', false, true],
      ['two', true, true],
    ]);
  });

  it('tell of an alert once, and of its end once', async () => {
    const processes = ['one', 'two', 'three'].map((instance) => startProcess(instance));
    const [one] = processes;
    if (one === undefined) throw new Error('no process');
    await one.ask('POST /alerts/channels', {}, { kind: 'slack', name: 'chat', url: hooks.url });
    await one.ask('POST /alerts/rules', {}, { name: 'busy', metric: 'pool.busy', threshold: 5, clearForMs: 0 });
    const flushAll = (): Promise<unknown> => Promise.all(processes.map(({ dashboard }) => dashboard.flush()));
    await flushAll();
    const pool = { total: 10, idle: 0, waiting: 0, max: 10 };
    for (const process of processes) process.second({ queries: { pool } });
    await flushAll();
    await flushAll();
    expect(hooks.hooks).toHaveLength(1);
    expect(await listOf<Alert>(one, 'GET /alerts')).toMatchObject([{ name: 'busy', state: 'firing' }]);
    for (const process of processes) {
      process.second();
      process.second();
    }
    await flushAll();
    await flushAll();
    expect(hooks.hooks.map(({ body }) => /Ended/.test(body))).toEqual([false, true]);
    expect((await listOf<Delivery>(one, 'GET /alerts/deliveries')).map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  it('mark a release once, and each restart', async () => {
    for (const instance of ['one', 'two']) await startProcess(instance, { release: '2.0' }).dashboard.flush();
    const third = startProcess('three', { release: '2.0' });
    await third.dashboard.flush();
    const marks = await listOf<Mark>(third, 'GET /marks');
    expect(marks.map(({ kind }) => kind).toSorted()).toEqual(['release', 'restart', 'restart', 'restart']);
  });
});

describe('a process that is killed and started again', () => {
  it('finds its history, its rules and its open alerts, and tells nothing twice', async () => {
    const first = startProcess('first');
    await first.ask('POST /alerts/channels', {}, { kind: 'slack', name: 'chat', url: hooks.url });
    await first.ask('POST /alerts/rules', {}, { name: 'busy', metric: 'pool.busy', threshold: 5 });
    // Seconds are judged once the first round has read the rules.
    await first.dashboard.flush();
    const pool = { total: 10, idle: 0, waiting: 0, max: 10 };
    for (let second = 0; second < 5; second += 1) first.second({ queries: { pool }, requests: { count: 10 } });
    await first.dashboard.flush();
    await first.dashboard.flush();
    expect(hooks.hooks).toHaveLength(1);
    // Killed: nothing of it runs on, and it has not been heard of for a while.
    await database.query('update dashboard_instances set last_seen_at = 0');
    const second = startProcess('second');
    await second.dashboard.flush();
    second.second({ queries: { pool } });
    await second.dashboard.flush();
    expect(await listOf<Alert>(second, 'GET /alerts')).toMatchObject([{ instances: ['second'], state: 'firing' }]);
    expect(hooks.hooks).toHaveLength(1);
    const { lines } = await second.ask<SeriesAnswer>('GET /series', { metrics: 'requests.rate' });
    expect(lines[0]?.values.filter((value) => value === 10)).toHaveLength(5);
  });
});

describe('a database that is not migrated yet', () => {
  it('is no fault while the host starts', async () => {
    const faults: string[] = [];
    const missing = Object.assign(new Error('relation "dashboard_history" does not exist'), { code: '42P01' });
    const dashboard = createDashboard({
      profiler: createProfiler(),
      advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
      database: { query: () => Promise.reject(missing) },
      flushMs: 600_000,
      onFault: (what) => faults.push(what),
    });
    open.add(dashboard);
    await dashboard.flush();
    expect([dashboard.self().historyState, faults]).toEqual(['failed', []]);
  });
});

describe('a database that is away', () => {
  it('takes nothing from the pages, and gets what was kept back when it returns', async () => {
    let isAway = true;
    const flaky: Database = {
      ...database,
      query: (...given: Parameters<Database['query']>) =>
        isAway ? Promise.reject(new Error('away')) : database.query(...given),
    };
    const one = startProcess('one', { db: flaky });
    for (let second = 0; second < 3; second += 1) one.second({ requests: { count: 7 } });
    await one.dashboard.flush();
    expect(one.dashboard.self().historyState).toBe('failed');
    const during = await one.ask<SeriesAnswer>('GET /series', { metrics: 'requests.rate' });
    expect(during).toMatchObject({ source: 'memory', instances: ['one'] });
    expect(during.lines[0]?.summary.last).toBe(7);
    await one.ask('GET /overview');
    isAway = false;
    await one.dashboard.flush();
    expect(one.dashboard.self().historyState).toBe('database');
    const other = startProcess('other');
    const kept = await other.ask<SeriesAnswer>('GET /series', { metrics: 'requests.rate' });
    expect(kept.lines[0]?.values.filter((value) => value === 7)).toHaveLength(3);
  });

  it('is worth an alert, which is told without it', async () => {
    const one = startProcess('one');
    await one.ask('POST /alerts/channels', {}, { kind: 'slack', name: 'chat', url: hooks.url });
    await one.ask('POST /alerts/rules', {}, { name: 'db gone', metric: 'components.down', threshold: 0 });
    await one.dashboard.close();
    let isAway = false;
    const flaky: Database = {
      ...database,
      query: (...given: Parameters<Database['query']>) =>
        isAway ? Promise.reject(new Error('away')) : database.query(...given),
    };
    const two = startProcess('two', {
      db: flaky,
      health: () => ({ database: { status: isAway ? 'down' : 'up', detail: '' } }),
    });
    await two.dashboard.flush();
    isAway = true;
    two.second();
    const body = await until(() => hooks.hooks.find((hook) => hook.body.includes('db gone'))?.body);
    expect(body).toMatch(/\\ndatabase\\n/);
  });
});
