import { queries, requests, type ComponentHealth, type Timer } from '@dataguardian/telemetry';
import { detectBottlenecks } from './bottlenecks.ts';
import { createCacheCollector } from './collectors/cache.ts';
import { createQueryCollector } from './collectors/queries.ts';
import { createRequestCollector } from './collectors/requests.ts';
import { createRuntimeCollector } from './collectors/runtime.ts';
import { createScanCollector } from './collectors/scans.ts';
import { createSessionCollector } from './collectors/sessions.ts';
import { createCpuRecorder, type CpuProfile } from './cpu-profile.ts';
import { resolveProfilerOptions, type ProfilerOptions } from './options.ts';
import { createRanking } from './ranking.ts';
import { createSlowRequests } from './slow-requests.ts';
import type { Snapshot } from './snapshot.ts';
import { createWindowRing, type Window } from './windows.ts';

/** Watches the process and everything that publishes telemetry in it. */
export interface Profiler {
  /** Begins to observe. Idempotent. */
  start(): void;
  /** Ends observation; what was seen stays readable. Idempotent. */
  stop(): void;
  /** Runs `work` and counts its calls, time and errors under `name`. */
  time<Result>(name: string, work: () => Result): Result;
  /** Everything known now, with windows of the last `spanMs`. @defaultValue 5 minutes */
  snapshot(spanMs?: number): Snapshot;
  /** Calls `listener` with each finished window; the returned function ends it. */
  onWindow(listener: (window: Window) => void): () => void;
  /** Samples the main thread for `durationMs`. */
  recordCpu(durationMs: number): Promise<CpuProfile>;
  health(): ComponentHealth;
}

const DEFAULT_SPAN_MS = 5 * 60_000;
const TOP_COUNT = 50;
const SLOW_REQUEST_COUNT = 100;
const SLOW_REQUEST_KEEP_MS = 15 * 60_000;

/**
 * Creates a profiler that is off until {@link Profiler.start}.
 * @throws ProfilerError PROFILER_OPTIONS_INVALID
 */
export function createProfiler(options?: ProfilerOptions): Profiler {
  const { clock, windowMs, windowCount, rankingCapacity } = resolveProfilerOptions(options);
  const collectors = {
    requests: createRequestCollector(),
    queries: createQueryCollector(),
    cache: createCacheCollector(),
    sessions: createSessionCollector(),
    scans: createScanCollector(),
    runtime: createRuntimeCollector(),
  };
  const ring = createWindowRing(windowCount);
  const routes = createRanking(rankingCapacity);
  const statements = createRanking(rankingCapacity);
  const functions = createRanking(rankingCapacity);
  const slowRequests = createSlowRequests(SLOW_REQUEST_COUNT, SLOW_REQUEST_KEEP_MS);
  const listeners = new Set<(window: Window) => void>();
  const recordCpu = createCpuRecorder(clock);
  let startedAt = clock.now();
  let lastAt = clock.monotonic();
  let ticking: Timer | undefined;
  let unsubscribe: (() => void)[] = [];

  const closeWindow = (): void => {
    const now = clock.monotonic();
    const durationMs = now - lastAt;
    lastAt = now;
    const window: Window = {
      at: clock.now(),
      durationMs,
      requests: collectors.requests.collect(durationMs),
      queries: collectors.queries.collect(durationMs),
      cache: collectors.cache.collect(durationMs),
      sessions: collectors.sessions.collect(durationMs),
      scans: collectors.scans.collect(durationMs),
      runtime: collectors.runtime.collect(durationMs),
    };
    ring.push(window);
    for (const listener of listeners) listener(window);
  };

  const finish = (name: string, begunAt: number, failed: boolean): void =>
    functions.record(name, clock.monotonic() - begunAt, clock.now(), failed);

  return {
    start() {
      if (ticking !== undefined) return;
      startedAt = clock.now();
      lastAt = clock.monotonic();
      for (const collector of Object.values(collectors)) collector.start();
      unsubscribe = [
        requests.subscribe((event) => {
          routes.record(`${event.method} ${event.route}`, event.durationMs, clock.now(), event.statusCode >= 500);
          slowRequests.offer(event, clock.now());
        }),
        queries.subscribe((event) => statements.record(event.statement, event.durationMs, clock.now(), event.failed)),
      ];
      ticking = clock.repeat(windowMs, closeWindow);
    },
    stop() {
      ticking?.cancel();
      ticking = undefined;
      for (const end of unsubscribe) end();
      unsubscribe = [];
      for (const collector of Object.values(collectors)) collector.stop();
    },
    time(name, work) {
      const begunAt = clock.monotonic();
      let result: ReturnType<typeof work>;
      try {
        result = work();
      } catch (error) {
        finish(name, begunAt, true);
        throw error;
      }
      if (result instanceof Promise) {
        result.then(
          () => finish(name, begunAt, false),
          () => finish(name, begunAt, true),
        );
      } else {
        finish(name, begunAt, false);
      }
      return result;
    },
    snapshot(spanMs = DEFAULT_SPAN_MS) {
      const at = clock.now();
      const windows = ring.since(at - spanMs);
      const evidence = { windows, routes: routes.top(TOP_COUNT), statements: statements.top(TOP_COUNT) };
      return {
        at,
        startedAt,
        ...evidence,
        functions: functions.top(TOP_COUNT),
        slowRequests: slowRequests.list(),
        bottlenecks: detectBottlenecks(evidence),
      };
    },
    onWindow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recordCpu,
    health: () =>
      ticking === undefined
        ? { status: 'degraded', detail: 'The profiler is off; requests are served without being observed.' }
        : { status: 'up', detail: 'The profiler observes.' },
  };
}
