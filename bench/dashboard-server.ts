// npm run bench -- dashboard-server [--json FILE] [--rounds 30]
// What the server side of the dashboard costs. History: a week of four processes (33 million metric values) in PostgreSQL,
// ranges of an hour to a week, one metric (a rate, a percentile from merged distributions, all ten golden signals), as
// the pages ask for them. Recording: thread CPU of a second's work, with nobody watching. Watching: bytes and CPU per
// watcher. Recordings: thread CPU and bytes of a minute with 20 routes and 4,000 nodes, and flame graphs of an
// hour and a day of two processes. The machine is named in the result; compare ratios.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createAdvisor } from '../packages/advisor/src/index.ts';
import {
  createDashboard,
  createRequestHandler,
  dashboardMigrationSql,
  dashboardRankingsMigrationSql,
  dashboardRecordingsMigrationSql,
  type Dashboard,
} from '../packages/dashboard/src/index.ts';
import { METRIC_NAMES } from '../packages/dashboard/src/history/catalogue.ts';
import { createDatabaseHistoryStore } from '../packages/dashboard/src/history/database-history-store.ts';
import { LEVELS, type HistoryRow } from '../packages/dashboard/src/history/history-store.ts';
import { encodeSketch } from '../packages/dashboard/src/history/sketch-codec.ts';
import { SKETCH_NAMES } from '../packages/dashboard/src/history/sketches.ts';
import { SIGNAL_METRICS } from '../packages/dashboard/src/views/signals.ts';
import { createDatabaseRecordingStore } from '../packages/dashboard/src/recordings/database-recording-store.ts';
import { createRecordingRecorder } from '../packages/dashboard/src/recordings/recording-recorder.ts';
import { createRecordings } from '../packages/dashboard/src/recordings/recordings.ts';
import { createDatabase } from '../packages/database/src/index.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { createProfiler, toTree } from '../packages/profiler/src/index.ts';
import { createHistogram } from '../packages/telemetry/src/index.ts';
import { createFakeClock } from '../packages/testing/src/fake-clock.ts';
import { createSeededRandom } from '../packages/testing/src/seeded-random.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, rounds: { type: 'string', default: '30' } } });
const ROUNDS = Number(values.rounds);
const INSTANCES = ['one', 'two', 'three', 'four'];
const random = createSeededRandom(3);
const quantile = (numbers: readonly number[], ratio: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * ratio))] ?? Number.NaN;
const round = (value: number): number => Number(value.toPrecision(3));

function fill(stepMs: number, at: number, instance: string): HistoryRow {
  const histogram = createHistogram();
  for (let count = 0; count < 300; count += 1) histogram.record(Math.exp(random.next() * 7 - 1));
  const sketch = encodeSketch(histogram.state());
  return {
    stepMs,
    at,
    instance,
    coveredMs: stepMs,
    values: Float64Array.from(METRIC_NAMES, () => random.next() * 1_000),
    sketches: stepMs === 1_000 ? new Map() : new Map(SKETCH_NAMES.map((name) => [name, sketch])),
  };
}

async function ask(dashboard: Dashboard, query: Record<string, string>): Promise<string> {
  const route = dashboard.routes.find(({ path }) => path === '/api/performance/series');
  return JSON.stringify(await route?.handle({ params: {}, query, body: undefined, by: 'bench' }));
}

async function measureRanges(dashboard: Dashboard, now: number): Promise<object[]> {
  const ranges = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 };
  const asked = {
    'one rate': 'requests.rate',
    'one percentile': 'requests.p95',
    'ten signals': Object.values(SIGNAL_METRICS).join(','),
  };
  const results: object[] = [];
  for (const [range, lengthMs] of Object.entries(ranges)) {
    for (const [what, metrics] of Object.entries(asked)) {
      const times: number[] = [];
      const cpuTimes: number[] = [];
      let answer = '';
      for (let count = 0; count < ROUNDS; count += 1) {
        const begun = performance.now();
        const cpuBegun = threadCpuMs();
        answer = await ask(dashboard, { metrics, from: String(now - lengthMs), to: String(now) });
        times.push(performance.now() - begun);
        cpuTimes.push(threadCpuMs() - cpuBegun);
      }
      const { lines } = JSON.parse(answer) as { lines: { values: (number | null)[] }[] };
      const points = lines[0]?.values.filter((value) => value !== null).length ?? 0;
      if (points < 200) throw new Error(`${range}, ${what}: only ${points} points`);
      const [p50Ms, p95Ms] = [round(quantile(times, 0.5)), round(quantile(times, 0.95))];
      const cpuP50Ms = round(quantile(cpuTimes, 0.5));
      results.push({ range, what, p50Ms, p95Ms, cpuP50Ms, points, bytes: answer.length });
    }
  }
  return results;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** A profiler whose windows are closed by hand, so that a second's work can be measured in a loop. */
function handProfiler() {
  const profiler = createProfiler({ samplingIntervalMs: 0 });
  const listeners = new Set<Parameters<typeof profiler.onWindow>[0]>();
  profiler.start();
  profiler.flush();
  const [window] = profiler.snapshot().windows;
  profiler.stop();
  if (window === undefined) throw new Error('the profiler closed no window');
  return {
    profiler: {
      ...profiler,
      onWindow: (listener: Parameters<typeof profiler.onWindow>[0]) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    emit(at: number) {
      for (const listener of listeners) listener({ ...window, at, durationMs: 1_000 });
    },
  };
}

async function measureWatching(watcherCount: number): Promise<object> {
  const { profiler, emit } = handProfiler();
  const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
  const dashboard = createDashboard({ profiler, advisor });
  const server = createServer(createRequestHandler(dashboard, { guard: () => 'bench' }));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const watchers = await Promise.all(
    Array.from(
      { length: watcherCount },
      () =>
        new Promise<IncomingMessage>((resolve) => {
          get({ port, path: '/api/performance/stream' }, (response) => {
            response.resume();
            resolve(response);
          });
        }),
    ),
  );
  const seconds = 2_000;
  let at = Date.now() - seconds * 1_000;
  const second = (): void => {
    at += 1_000;
    emit(at);
  };
  for (let count = 0; count < 500; count += 1) second();
  const bytesBefore = dashboard.self().pushedBytes;
  const cpuBefore = threadCpuMs();
  for (let count = 0; count < seconds - 500; count += 1) {
    second();
    if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const cpuMs = (threadCpuMs() - cpuBefore) / (seconds - 500);
  const bytes = (dashboard.self().pushedBytes - bytesBefore) / (seconds - 500) / Math.max(1, watcherCount);
  for (const watcher of watchers) watcher.destroy();
  await dashboard.close();
  server.close();
  return {
    watcherCount,
    cpuMsPerSecond: round(cpuMs),
    cpuPercent: round(cpuMs / 10),
    bytesPerWatcherSecond: round(bytes),
  };
}

const MINUTE_MS = 60_000;
const LABEL_SETS = 20;
const NODES_OF_A_SET = 200;

/** What a minute of a busy server looks like: some 4,000 nodes on stacks 25 deep. */
function sampledMinute(): ReturnType<ReturnType<typeof createProfiler>['samplesByLabels']> {
  const parts = Array.from({ length: LABEL_SETS }, (_, set) => {
    const nodes = Array.from({ length: NODES_OF_A_SET }, (_unused, index) => ({
      id: index + 1,
      callFrame: {
        functionName: index === 0 ? '(root)' : `function${(set * 7 + index * 13) % 900}`,
        scriptId: '1',
        url: index === 0 ? '' : `file:///app/src/file${index % 60}.ts`,
        lineNumber: (index * 31) % 400,
        columnNumber: 0,
      },
      children: [] as number[],
    }));
    for (let index = 1; index < nodes.length; index += 1)
      nodes[index % 25 === 0 ? 0 : index - 1]?.children.push(index + 1);
    const samples = Array.from({ length: 150 }, () => 2 + Math.floor(random.next() * (NODES_OF_A_SET - 1)));
    const profile = { nodes, startTime: 0, endTime: 3e6, samples, timeDeltas: samples.map(() => 20_000) };
    return { labels: { route: `GET /api/${set}`, user: `u${set % 7}` }, tree: toTree(profile) };
  });
  return { since: 0, idleUs: 4e7, parts };
}

async function measureRecordings(): Promise<object> {
  const store = createDatabaseRecordingStore(database);
  const minutes = Array.from({ length: 12 }, sampledMinute);
  const begun = Date.UTC(2026, 0, 1);
  const clock = createFakeClock(begun);
  const day = 24 * 60;
  const cpuTimes: number[] = [];
  for (const instance of ['one', 'two']) {
    clock.jump(begun - clock.now());
    let minute = 0;
    const profiler = { samplesByLabels: () => minutes[minute % minutes.length] ?? sampledMinute() };
    const recorder = createRecordingRecorder({ profiler, clock, instance, store });
    for (; minute < day; minute += 1) {
      clock.jump(MINUTE_MS);
      const cpuBegun = threadCpuMs();
      await recorder.flush();
      cpuTimes.push(threadCpuMs() - cpuBegun);
    }
  }
  await store.expire(clock.now());
  const { rows } = await client.query<{ bytes: string; count: string; longest: string }>(
    `select pg_total_relation_size('dashboard_recordings') as bytes, count(*) as count, max(length(body)) as longest from dashboard_recordings`,
  );
  const idle = { samplesByLabels: () => ({ since: Number.POSITIVE_INFINITY, idleUs: 0, parts: [] }) };
  const reader = createRecordings({
    profiler: { ...idle, facets: () => ({ routes: [], users: [], organisations: [], scans: [], releases: [] }) },
    clock,
    instance: 'reader',
    kept: { store, recorder: createRecordingRecorder({ profiler: idle, clock, instance: 'reader', store }) },
    onFault(error) {
      throw error;
    },
  });
  const ranges: object[] = [];
  for (const [range, lengthMs] of Object.entries({ hour: 60 * MINUTE_MS, day: day * MINUTE_MS })) {
    const [times, cpu]: [number[], number[]] = [[], []];
    let nodes = 0;
    for (let count = 0; count < 5; count += 1) {
      const at = performance.now();
      const cpuBegun = threadCpuMs();
      const graph = await reader.graph({ from: clock.now() - lengthMs, to: clock.now() });
      times.push(performance.now() - at);
      cpu.push(threadCpuMs() - cpuBegun);
      nodes = graph.frame.length;
      if (graph.sampleCount === 0) throw new Error(`${range}: nothing was found`);
    }
    ranges.push({ range, p50Ms: round(quantile(times, 0.5)), cpuP50Ms: round(quantile(cpu, 0.5)), nodes });
  }
  const meanCpuMs = cpuTimes.reduce((sum, each) => sum + each, 0) / cpuTimes.length;
  return {
    minute: {
      meanCpuMs: round(meanCpuMs),
      worstCpuMs: round(Math.max(...cpuTimes)),
      cpuPercent: round((100 * meanCpuMs) / MINUTE_MS),
    },
    kept: {
      processes: 2,
      rowCount: Number(rows[0]?.count),
      megabytes: round(Number(rows[0]?.bytes) / 1e6),
      longestKiB: round(Number(rows[0]?.longest) / 1_024),
    },
    ranges,
  };
}

const dataDir = mkdtempSync(join(tmpdir(), 'bench-dashboard-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const client = new pg.Client({ connectionString: server.connectionString });
await client.connect();
await client.query(dashboardMigrationSql);
await client.query(dashboardRankingsMigrationSql);
await client.query(dashboardRecordingsMigrationSql);
const database = createDatabase({ connectionString: server.connectionString });
const store = createDatabaseHistoryStore(database);
const now = Math.floor(Date.now() / 600_000) * 600_000;
let rowCount = 0;
for (const { stepMs, keptMs } of LEVELS) {
  const from = Math.floor((now - Math.min(keptMs, 8 * 86_400_000)) / stepMs) * stepMs;
  let batch: HistoryRow[] = [];
  for (let at = from; at < now; at += stepMs) {
    for (const instance of INSTANCES) batch.push(fill(stepMs, at, instance));
    if (batch.length < 400 && at + stepMs < now) continue;
    await store.write(batch);
    rowCount += batch.length;
    batch = [];
  }
}
await client.query('vacuum analyze dashboard_history');
const { rows: sizes } = await client.query<{ bytes: string }>(
  "select pg_total_relation_size('dashboard_history') as bytes",
);
const dashboard = createDashboard({
  profiler: createProfiler(),
  advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
  database,
});
const result = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load: loadavg().map(round) },
  history: { rowCount, megabytes: Math.round(Number(sizes[0]?.bytes) / 1e6), instances: INSTANCES.length },
  ranges: await measureRanges(dashboard, now),
  recordings: await measureRecordings(),
  watching: [await measureWatching(0), await measureWatching(1), await measureWatching(100)],
};
await dashboard.close();
await database.close();
await client.end();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
console.log(JSON.stringify(result, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
