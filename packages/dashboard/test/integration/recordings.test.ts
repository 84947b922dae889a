import { createAdvisor } from '@dataguardian/advisor';
import type { Database } from '@dataguardian/database';
import { createDashboard, type Dashboard, type DashboardOptions } from '@dataguardian/dashboard';
import { createProfiler, toTree, type Profiler } from '@dataguardian/profiler';
import { requests } from '@dataguardian/telemetry';
import { createFakeClock, type FakeClock } from '@dataguardian/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlameDiff, FlameGraph, ProfilerView } from '../../src/api/profiler.ts';
import type { RequestsView, RequestTrace } from '../../src/api/requests.ts';
import type { Section } from '../../src/api/section.ts';
import { clear, databaseWorld } from './dashboard-database.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let database: Database;
let close: () => Promise<void>;
let clock: FakeClock;
const open = new Set<{ close(): Promise<void> }>();

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});
beforeEach(async () => {
  await clear(database);
  clock = createFakeClock();
});
afterEach(async () => {
  for (const process of open) await process.close();
  open.clear();
});
afterAll(() => close());

interface Process {
  readonly dashboard: Dashboard;
  readonly profiler: Profiler;
  /** The function of that name runs for so long. */
  sample(name: string, durationMs: number, labels?: { route?: string; user?: string; scan?: string }): void;
  ask<Answer>(endpoint: string, query?: Record<string, string>, params?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

function startProcess(instance: string, options: Partial<DashboardOptions> = {}): Process {
  const profiler = createProfiler({ clock, samplingIntervalMs: 0, labelKey: 'of the test', heapSampling: 'off' });
  const dashboard = createDashboard({
    profiler,
    advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
    instance,
    database,
    clock,
    flushMs: 1_000 * DAY,
    ...options,
  });
  const process: Process = {
    dashboard,
    profiler,
    sample(name, durationMs, labels = {}) {
      const frame = { functionName: name, scriptId: '1', url: 'file:///app/work.ts', lineNumber: 4, columnNumber: 0 };
      const root = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
      const tree = toTree({
        nodes: [
          { id: 1, callFrame: root, children: [2] },
          { id: 2, callFrame: frame },
        ],
        startTime: 0,
        endTime: durationMs * 1_000,
        samples: [2],
        timeDeltas: [durationMs * 1_000],
      });
      profiler.addSamples({ labels, tree });
    },
    async ask<Answer>(endpoint: string, query = {}, params = {}) {
      const [method, path] = endpoint.split(' ');
      const route = dashboard.routes.find((each) => each.method === method && each.path === `/api/performance${path}`);
      if (route === undefined) throw new Error(`no route ${endpoint}`);
      return (await route.handle({ params, query, body: undefined, by: 'anna' })) as Answer;
    },
    close: () => dashboard.close(),
  };
  open.add(process);
  return process;
}

const textOf = (range: { from: number; to: number }): Record<string, string> => ({
  from: String(range.from),
  to: String(range.to),
});

/** Microseconds by function. */
async function flame(process: Process, query: Record<string, string>): Promise<Record<string, number>> {
  const answer = await process.ask<Section<FlameGraph>>('GET /profiler/flame', query);
  if (answer.state !== 'ready') throw new Error(answer.why.en);
  const { frame, frames, selfUs } = answer.content;
  return Object.fromEntries(
    frame.flatMap((index, node) => ((selfUs[node] ?? 0) > 0 ? [[frames[index]?.name ?? '', selfUs[node] ?? 0]] : [])),
  );
}

/** Lets minutes pass; each process writes what it sampled. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await clock.advance(MINUTE);
    for (const process of open) if ('dashboard' in process) await (process as Process).dashboard.flush();
  }
}

describe('flame graphs', () => {
  it('are of all processes, also of those that are gone, over days', async () => {
    const begun = clock.now();
    const [server, worker] = [startProcess('server'), startProcess('worker')];
    await Promise.all([server.dashboard.flush(), worker.dashboard.flush()]);
    server.sample('answer', 30, { route: 'GET /a', user: 'u1' });
    worker.sample('scan', 70, { scan: 's1' });
    await pass(2);
    const early = textOf({ from: begun, to: begun + 2 * MINUTE });
    expect(await flame(server, early)).toEqual({ answer: 30_000, scan: 70_000 });
    await worker.close();
    open.delete(worker);
    await pass(70);
    server.sample('answer', 5, { route: 'GET /b' });
    await pass(2);
    // Days later nothing of it is in anybody's memory.
    await clock.advance(2 * DAY);
    await server.dashboard.flush();
    const late = textOf({ from: begun, to: clock.now() });
    expect(await flame(server, late)).toEqual({ answer: 35_000, scan: 70_000 });
    expect(await flame(server, { ...late, route: 'GET /a' })).toEqual({ answer: 30_000 });
    expect(await flame(server, { ...late, scan: 's1' })).toEqual({ scan: 70_000 });
    expect(await flame(server, { ...late, thread: 'worker' })).toEqual({ scan: 70_000 });
    const { flame: facets } = await server.ask<ProfilerView>('GET /profiler', late);
    expect(facets).toMatchObject({
      // Of this process first.
      routes: ['GET /b', 'GET /a'],
      users: ['u1'],
      scans: ['s1'],
      threads: ['server', 'worker'],
    });
  });

  it('of two ranges are compared, however long ago they were', async () => {
    const begun = clock.now();
    const server = startProcess('server');
    await server.dashboard.flush();
    server.sample('before', 40);
    await pass(60);
    server.sample('after', 90);
    await pass(61);
    await clock.advance(DAY);
    await server.dashboard.flush();
    const answer = await server.ask<Section<FlameDiff>>('GET /profiler/diff', {
      ...textOf({ from: begun + HOUR, to: begun + 2 * HOUR }),
      baseFrom: String(begun),
      baseTo: String(begun + HOUR),
    });
    if (answer.state !== 'ready') throw new Error(answer.why.en);
    const { frame, frames, selfUs, baseSelfUs } = answer.content;
    const changes = frame.map((index, node) => [frames[index]?.name, selfUs[node], baseSelfUs[node]]);
    expect(changes).toContainEqual(['before', 0, 40_000]);
    expect(changes).toContainEqual(['after', 90_000, 0]);
  });

  it('tell what is not written yet, each sample once', async () => {
    const begun = clock.now();
    const server = startProcess('server');
    await server.dashboard.flush();
    server.sample('early', 10);
    await pass(20);
    server.sample('now', 20);
    expect(await flame(server, textOf({ from: begun, to: clock.now() + 1 }))).toEqual({ early: 10_000, now: 20_000 });
  });

  it('go on from what was written when a process of the same name starts again', async () => {
    const begun = clock.now();
    const first = startProcess('server');
    await first.dashboard.flush();
    first.sample('first', 10);
    await pass(2);
    await first.close();
    open.delete(first);
    const second = startProcess('server');
    await second.dashboard.flush();
    second.sample('second', 20);
    await pass(70);
    await clock.advance(2 * DAY);
    await second.dashboard.flush();
    const found = await flame(second, textOf({ from: begun, to: clock.now() }));
    expect(found).toEqual({ first: 10_000, second: 20_000 });
  });

  it('come from the memory of the process while the database is away', async () => {
    let isAway = false;
    const flaky: Database = {
      ...database,
      query: (...given: Parameters<Database['query']>) =>
        isAway ? Promise.reject(new Error('away')) : database.query(...given),
    };
    const begun = clock.now();
    const server = startProcess('server', { database: flaky });
    await server.dashboard.flush();
    isAway = true;
    server.sample('work', 10);
    await pass(2);
    const range = textOf({ from: begun - HOUR, to: clock.now() + 1 });
    expect(await flame(server, range)).toEqual({ work: 10_000 });
    isAway = false;
    await server.dashboard.flush();
    const other = startProcess('other');
    expect(await flame(other, range)).toEqual({ work: 10_000 });
  });

  it('are forgotten after their time', async () => {
    const server = startProcess('server');
    await server.dashboard.flush();
    server.sample('work', 10);
    await pass(2);
    await clock.advance(40 * DAY);
    await server.dashboard.flush();
    const { rows } = await database.query('select 1 from dashboard_recordings');
    expect(rows).toEqual([]);
  });
});

describe('requests and stalls', () => {
  it('of other processes are shown, with their trace, and stay when the process has gone', async () => {
    const [server, other] = [startProcess('server'), startProcess('other')];
    await Promise.all([server.dashboard.flush(), other.dashboard.flush()]);
    other.profiler.start();
    requests.publish({
      requestId: 'r1',
      method: 'GET',
      route: '/slow',
      statusCode: 200,
      durationMs: 900,
      bytes: 10,
      userId: undefined,
      organisationId: undefined,
    });
    await pass(2);
    other.profiler.stop();
    await other.close();
    open.delete(other);
    const { slow } = await server.ask<RequestsView>('GET /requests');
    expect(slow).toMatchObject([{ requestId: 'r1', route: '/slow', durationMs: 900, instance: 'other' }]);
    const trace = await server.ask<RequestTrace>('GET /requests/:id', {}, { id: 'r1' });
    expect(trace.request).toMatchObject({ requestId: 'r1', durationMs: 900 });
  });
});
