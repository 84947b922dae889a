import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, type Dashboard } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, until, type FakeClock } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tick } from '../../src/api/stream.ts';
import { createWindowSource, windowAt } from '../windows.ts';
import { watch, type EventReader } from './event-reader.ts';
import { MOUNTS, type Mounted } from './mounted.ts';

const ADMIN = { 'x-user': 'anna' };

let clock: FakeClock;
let dashboard: Dashboard;
let mounted: Mounted;
let readers: EventReader[] = [];
let source: ReturnType<typeof createWindowSource>;

const start = async (): Promise<void> => {
  source = createWindowSource();
  dashboard = createDashboard({
    profiler: { ...createProfiler({ clock }), onWindow: source.onWindow },
    advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
    clock,
    release: '1.0',
  });
  const mount = MOUNTS['node:http'];
  if (mount === undefined) throw new Error('no mount');
  mounted = await mount(dashboard);
};

const stop = async (): Promise<void> => {
  await dashboard.close();
  await mounted.close();
};

beforeEach(async () => {
  clock = createFakeClock();
  await start();
});
afterEach(async () => {
  for (const reader of readers) reader.leave();
  readers = [];
  await stop();
});

const seconds = async (count: number): Promise<void> => {
  for (let second = 0; second < count; second += 1) {
    await clock.advance(1_000);
    // A lively process: every figure differs from second to second.
    const noise = 1 + (clock.now() % 7_919) / 7_919;
    source.emit(
      windowAt(clock.now(), {
        requests: {
          count: 123,
          errorCount: 1,
          bytes: 123_456 * noise,
          p50Ms: 1.2345 * noise,
          p95Ms: 12.345 * noise,
          p99Ms: 123.45 * noise,
        },
        queries: {
          count: 456,
          p50Ms: 0.1234 * noise,
          p95Ms: 1.2345 * noise,
          p99Ms: 12.345 * noise,
          waitP95Ms: 0.123 * noise,
        },
        runtime: { rssBytes: 123_456_789 * noise, heapUsedBytes: 98_765_432 * noise, cpuRatio: 0.1234 * noise },
      }),
    );
  }
};

const open = async (headers: Readonly<Record<string, string>> = {}): Promise<EventReader> => {
  const reader = await watch(mounted.address, { ...ADMIN, ...headers });
  readers.push(reader);
  await until(() => reader.events.some(({ event }) => event === 'backlog'));
  return reader;
};

const ticksOf = ({ events }: EventReader): Tick[] =>
  events.flatMap(({ event, data }) =>
    event === 'tick' ? [data as Tick] : event === 'backlog' ? (data as Tick[]) : [],
  );

describe('the stream', () => {
  it('pushes nothing and serialises nothing while nobody watches', async () => {
    await seconds(30);
    expect([dashboard.self().pushedBytes, dashboard.serialisedCount]).toEqual([0, 0]);
    const reader = await open();
    await seconds(2);
    await until(() => reader.events.filter(({ event }) => event === 'tick').length === 2);
    reader.leave();
    await until(() => dashboard.watcherCount === 0);
    const { pushedBytes } = dashboard.self();
    const { serialisedCount } = dashboard;
    await seconds(30);
    expect([dashboard.self().pushedBytes, dashboard.serialisedCount]).toEqual([pushedBytes, serialisedCount]);
  });

  it('says who is there, then the past, then each second', async () => {
    await seconds(100);
    const reader = await open();
    await seconds(3);
    await until(() => ticksOf(reader).length === 63);
    expect(reader.events.map(({ event }) => event)).toEqual(['hello', 'names', 'backlog', 'tick', 'tick', 'tick']);
    expect(reader.events[0]?.data).toMatchObject({ release: '1.0', stepMs: 1_000, instanceCount: 1 });
  });

  it('costs a watcher less than a kilobyte a second', async () => {
    const reader = await open();
    await seconds(60);
    await until(() => ticksOf(reader).length === 60);
    expect(dashboard.self().bytesPerWatcherSecond).toBeGreaterThan(50);
    expect(dashboard.self().bytesPerWatcherSecond).toBeLessThan(1_000);
  });

  it('goes on where the browser left, without a point twice', async () => {
    const first = await open();
    await seconds(5);
    await until(() => ticksOf(first).length === 5);
    const lastId = first.events.findLast(({ event }) => event === 'tick')?.id ?? '';
    first.leave();
    await seconds(4);
    const second = await open({ 'last-event-id': lastId });
    await seconds(2);
    await until(() => ticksOf(second).length === 6);
    const times = [...ticksOf(first), ...ticksOf(second)].map(({ at }) => at);
    expect(new Set(times).size).toBe(times.length);
    expect(second.events.some(({ event }) => event === 'gap')).toBe(false);
  });

  it('marks what nobody measured while the server was away', async () => {
    const first = await open();
    await seconds(3);
    await until(() => ticksOf(first).length === 3);
    const lastId = first.events.findLast(({ event }) => event === 'tick')?.id ?? '';
    await stop();
    await clock.advance(20_000);
    await start();
    await seconds(2);
    const second = await open({ 'last-event-id': lastId });
    const gap = second.events.find(({ event }) => event === 'gap')?.data as { from: number; to: number } | undefined;
    expect(gap?.from).toBe(Number(lastId));
    expect((gap?.to ?? 0) - (gap?.from ?? 0)).toBe(20_000);
    expect(ticksOf(second).map(({ at }) => at > Number(lastId))).toEqual([true, true]);
    expect(second.events[0]?.data).not.toEqual(first.events[0]?.data);
  });

  it('goes silent with the profiler, and says that nothing is measured any more', async () => {
    const reader = await open();
    await seconds(1);
    await clock.advance(120_000);
    const alerts = () =>
      reader.events.flatMap(({ event, data }) => (event === 'alert' ? [data as { ruleId: string }] : []));
    await until(() => alerts().length > 0);
    expect(alerts()[0]).toMatchObject({ ruleId: 'unobserved', severity: 'critical' });
  });

  it('tells of alerts and of lists that changed', async () => {
    const reader = await open();
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${mounted.address}/api/performance${path}`, {
        method: 'POST',
        headers: ADMIN,
        body: JSON.stringify(body),
      });
    await post('/alerts/rules', { name: 'memory', metric: 'runtime.rss', threshold: 1 });
    await post('/marks', { label: 'note' });
    await seconds(1);
    const named = (name: string) => reader.events.find(({ event }) => event === name)?.data;
    await until(() => named('alert') !== undefined && named('mark') !== undefined);
    expect(named('changed')).toEqual({ topic: 'rules' });
    expect(named('alert')).toMatchObject({ name: 'memory', state: 'firing' });
  });
});
