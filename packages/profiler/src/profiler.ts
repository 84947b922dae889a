import { queries, releases, type Timer } from '@dataguardian/telemetry';
import { detectBottlenecks, type Bottleneck } from './bottlenecks.ts';
import { createCacheCollector } from './collectors/cache.ts';
import { createQueryCollector } from './collectors/queries.ts';
import { createRequestCollector } from './collectors/requests.ts';
import { createRuntimeCollector } from './collectors/runtime.ts';
import { createScanCollector } from './collectors/scans.ts';
import { createSessionCollector } from './collectors/sessions.ts';
import { createCpuRecorder } from './cpu-profile.ts';
import { ProfilerError } from './errors.ts';
import type { Evidence } from './evidence.ts';
import { createEvidenceBook } from './evidence/evidence-book.ts';
import { findExemplars } from './exemplars.ts';
import { createGuardedClock } from './guarded-clock.ts';
import { createCollectionWatch } from './memory/collections.ts';
import { takeHeapCensus } from './memory/heap-census.ts';
import { createMemoryWatch } from './memory/memory-watch.ts';
import { createResourceWatch } from './memory/resources.ts';
import { isInterval, resolveProfilerOptions, type ProfilerOptions } from './options.ts';
import { governInterval, measureOverhead, type Overhead } from './overhead.ts';
import type { Profiler } from './profiler-face.ts';
import { describeHealth } from './profiler-health.ts';
import { createRanking, recordRequest } from './ranking.ts';
import { createRequestFeed } from './request-feed.ts';
import { createContinuousProfile } from './sampling/continuous-profile.ts';
import { toFlameNode } from './sampling/flame.ts';
import { createHeartbeat } from './sampling/heartbeat.ts';
import { rankFunctions } from './sampling/hot-functions.ts';
import { createIdleRest } from './sampling/idle-rest.ts';
import { createPseudonyms } from './sampling/labels.ts';
import { createProfileStore } from './sampling/profile-store.ts';
import { createSourceCode } from './sampling/source-code.ts';
import { createTimeScale } from './sampling/time-scale.ts';
import { createTimeline } from './sampling/timeline.ts';
import { createSlowRequests } from './slow-requests.ts';
import { createFunctionTimer } from './timing/function-timer.ts';
import { createCallSites, siteOf } from './tracing/call-site.ts';
import { createFinishedTraces } from './tracing/finished-traces.ts';
import { installInstruments } from './tracing/instruments.ts';
import { createSyncCallBook } from './tracing/sync-call-book.ts';
import { createTraceBook } from './tracing/trace-book.ts';
import { createTraceBudget } from './tracing/trace-budget.ts';
import { relabel, toBreakdown, type Trace } from './tracing/trace.ts';
import { createTracer } from './tracing/tracer.ts';
import { createSampleExchange } from './workers/sample-exchange.ts';
import { createWindowRing, type Window } from './windows.ts';

const DEFAULT_SPAN_MS = 5 * 60_000;
const TOP_COUNT = 50;
const SLOW_REQUEST_COUNT = 100;
const EVENT_STREAM = 'text/event-stream';
const KEEP_MS = 15 * 60_000;
const FAILURES_KEPT = 20;
const ROTATION_MS = 3_000;
/** A thread or process may end at any time, and what it has not handed over is lost. */
const SENDER_ROTATION_MS = 1_000;

/**
 * Creates a profiler that is off until {@link Profiler.start}.
 * @throws ProfilerError PROFILER_OPTIONS_INVALID
 */
export function createProfiler(options?: ProfilerOptions): Profiler {
  const resolved = resolveProfilerOptions(options);
  const { windowMs, windowCount, rankingCapacity } = resolved;
  const failures: string[] = [];
  const onFailure = (error: unknown): void => {
    failures.push(error instanceof Error ? error.message : String(error));
    if (failures.length > FAILURES_KEPT) failures.shift();
  };
  const clock = createGuardedClock(resolved.clock, onFailure);
  const source = createSourceCode();
  const pseudonymise = createPseudonyms(resolved.labelKey);
  const scale = createTimeScale(clock);
  const timeline = createTimeline(() => idle.wake());
  const store = createProfileStore(KEEP_MS, resolved.memoryBudgetBytes);
  const traces = createTraceBook();
  const syncCalls = createSyncCallBook();
  const tracer = createTracer(
    { clock, timeline, scale },
    { onSpan: () => undefined, onTrace: (trace) => finished.add(trace) },
  );
  /** Routes that stay open by design: their length says nothing. */
  const streams = new Set<string>();
  const finished = createFinishedTraces((trace: Trace): void => {
    version += 1;
    syncCalls.add(trace);
    if (trace.mediaType === EVENT_STREAM) streams.add(trace.name);
    else traces.add(trace);
  }, onFailure);
  const feed = createRequestFeed(() => clock.now(), onFailure);
  /** Counts the requests and traces that have ended; before anybody asks for what they show. */
  const settle = (): void => {
    finished.settle();
    feed.settle();
  };
  const settled = <Result>(read: () => Result): Result => {
    settle();
    return read();
  };
  const sites = createCallSites(source);
  const resources = createResourceWatch(clock);
  const collections = createCollectionWatch();
  const memory = createMemoryWatch(clock, source, collections, resolved.heapSampling);
  const book = createEvidenceBook({
    clock,
    feed,
    pseudonymise,
    windowCount,
    keepMs: windowMs * windowCount,
    baseline: resolved.baseline,
  });
  const budget = createTraceBudget(resolved.mostTracesPerSecond, () => clock.monotonic());
  const onBeat = (): void => {
    budget.beat();
    settle();
  };
  const heartbeat = createHeartbeat(clock, scale, () => sampling.flushSoon(), onBeat);
  const idle = createIdleRest({
    rest() {
      heartbeat.rest();
      sampling.rest();
    },
    resume() {
      heartbeat.wake();
      sampling.wake();
    },
    isServing: () => timeline.activeCount > 0,
  });
  let release = resolved.release;
  const exchange = createSampleExchange(({ labels, tree }) => store.addTree(clock.now(), labels, tree), {
    followsProcesses: resolved.followProcesses,
    rate: () => (ticking === undefined ? 0 : intervalMs),
    onRate: (wantedMs) => guarded(() => setSampling(wantedMs)),
  });
  const sampling = createContinuousProfile({
    clock,
    scale,
    store,
    timeline,
    heartbeat,
    source,
    labels: () => (release === undefined ? {} : { release }),
    onStalls: (stalls) => {
      book.addStalls(stalls);
      version += 1;
    },
    onHotLines: (lines) => book.addHotLines(lines),
    rotationMs: exchange.isSender ? SENDER_ROTATION_MS : ROTATION_MS,
    onTree: exchange.isSender ? (tree, labels) => exchange.send({ tree, labels }) : undefined,
  });
  const collectors = {
    requests: createRequestCollector(feed),
    queries: createQueryCollector(),
    cache: createCacheCollector(),
    sessions: createSessionCollector(),
    scans: createScanCollector(),
    runtime: createRuntimeCollector({
      heartbeat,
      collections,
      threadPoolWaitMs: () => resources.state().poolWaitMs,
      isSampling: () => sampling.state().isOn,
    }),
  };
  const ring = createWindowRing(windowCount);
  const routes = createRanking(rankingCapacity);
  const statements = createRanking(rankingCapacity);
  const functions = createRanking(rankingCapacity);
  const slowRequests = createSlowRequests(SLOW_REQUEST_COUNT, KEEP_MS);
  const timer = createFunctionTimer(clock, functions, tracer);
  const listeners = new Set<(window: Window) => void>();
  const recordCpu = createCpuRecorder(clock);
  let startedAt = clock.now();
  let lastAt = clock.monotonic();
  let sampledSince = clock.monotonic();
  let intervalMs = resolved.samplingIntervalMs;
  let ticking: Timer | undefined;
  let unsubscribe: (() => void)[] = [];
  /** Counts everything that can change a verdict. */
  let version = 0;
  let judged: { readonly version: number; readonly spanMs: number; readonly found: readonly Bottleneck[] } | undefined;

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      onFailure(error);
    }
  };

  const overhead = (): Overhead => measureOverhead(sampling.state(), clock.monotonic() - sampledSince, store.bytes);
  const setSampling = (wantedMs: number): void => {
    if (!isInterval(wantedMs))
      throw new ProfilerError('PROFILER_OPTIONS_INVALID', `intervalMs must be 0, or from 1 to 1000, not ${wantedMs}`);
    intervalMs = wantedMs;
    if (ticking === undefined) return;
    exchange.tellRate(intervalMs);
    if (intervalMs === 0) sampling.stop();
    else sampling.start(intervalMs);
  };

  const announceRelease = (name: string): void => {
    release = name;
    book.announceRelease(name);
    version += 1;
  };

  const closeWindow = (): void => {
    settle();
    const now = clock.monotonic();
    const durationMs = now - lastAt;
    lastAt = now;
    const loopLateMs = heartbeat.lateness.max;
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
    version += 1;
    guarded(() => resources.observe({ loopLateMs, cpuRatio: window.runtime.cpuRatio }));
    guarded(() => memory.observe(window.runtime.loopBusyRatio));
    guarded(() => idle.observe(window.runtime.loopBusyRatio * durationMs, durationMs));
    guarded(() => book.closeWindow(window));
    guarded(() => {
      const governed = governInterval(overhead(), resolved.overheadLimitRatio, clock.monotonic() - sampledSince);
      if (governed !== intervalMs && intervalMs !== 0) setSampling(governed);
    });
    for (const listener of listeners) guarded(() => listener(window));
  };

  const evidenceOf = (spanMs: number): Evidence => {
    const at = clock.now();
    const since = Math.max(startedAt, at - spanMs);
    return {
      at,
      since,
      windows: ring.since(at - spanMs),
      routes: routes.top(TOP_COUNT).filter(({ name }) => !streams.has(name)),
      statements: statements.top(TOP_COUNT),
      traces: traces.recent(since),
      slowTraces: traces.slow().filter((trace) => trace.at >= since),
      memory: memory.state(),
      resources: resources.state(),
      ...book.gather({ since, at, streams, isServing: Number.isFinite(timeline.firstUs) }),
      source,
      siteOf: (stack) => siteOf(stack, source),
    };
  };

  const bottlenecks = (spanMs: number): readonly Bottleneck[] => {
    settle();
    if (judged?.version !== version || judged.spanMs !== spanMs)
      judged = { version, spanMs, found: detectBottlenecks(evidenceOf(spanMs)) };
    return judged.found;
  };

  return {
    ...timer,
    start() {
      if (ticking !== undefined) return;
      startedAt = clock.now();
      lastAt = clock.monotonic();
      sampledSince = lastAt;
      for (const collector of Object.values(collectors)) collector.start();
      feed.start();
      idle.wake();
      guarded(() => exchange.start());
      guarded(() => resources.start());
      guarded(() => memory.start());
      book.start();
      unsubscribe = [
        ...installInstruments({ clock, tracer, sites, onFailure }, { pseudonymise, budget, ...resolved }),
        feed.subscribe((event, at) => {
          version += 1;
          recordRequest(routes, event, at);
          slowRequests.offer(event, at);
        }),
        releases.subscribe(({ name }) => announceRelease(name)),
        queries.subscribe((event) => {
          version += 1;
          statements.record(event.statement, event.durationMs, clock.now(), event.failed);
        }),
      ];
      ticking = clock.repeat(windowMs, () => guarded(closeWindow));
      if (intervalMs > 0) sampling.start(intervalMs);
      exchange.tellRate(intervalMs);
    },
    stop() {
      if (ticking === undefined) return;
      ticking.cancel();
      ticking = undefined;
      finished.settle();
      sampling.stop();
      feed.stop();
      for (const end of unsubscribe) guarded(end);
      unsubscribe = [];
      for (const collector of Object.values(collectors)) collector.stop();
      guarded(() => exchange.tellRate(0));
      guarded(() => exchange.stop());
      book.stop();
      guarded(() => memory.stop());
      resources.stop();
    },
    run: (job, work) => tracer.run(job, work),
    label({ userId, organisationId, scanId }) {
      const trace = tracer.current();
      if (trace === undefined) return;
      relabel(trace, {
        ...trace.labels,
        ...(userId === undefined ? {} : { user: pseudonymise(userId) }),
        ...(organisationId === undefined ? {} : { organisation: pseudonymise(organisationId) }),
        ...(scanId === undefined ? {} : { scan: scanId }),
      });
    },
    announceRelease,
    snapshot(spanMs = DEFAULT_SPAN_MS) {
      settle();
      const at = clock.now();
      return {
        at,
        startedAt,
        windows: ring.since(at - spanMs),
        routes: routes.top(TOP_COUNT),
        statements: statements.top(TOP_COUNT),
        functions: functions.top(TOP_COUNT),
        slowRequests: slowRequests.list().map((request) => {
          const trace = traces.find(request.requestId);
          return trace === undefined ? request : { ...request, breakdown: toBreakdown(trace) };
        }),
        bottlenecks: bottlenecks(spanMs),
      };
    },
    bottlenecks: (spanMs = DEFAULT_SPAN_MS) => bottlenecks(spanMs),
    flame(query = {}) {
      sampling.flush();
      const merged = store.merged(query);
      return {
        from: query.from ?? startedAt,
        to: query.to ?? clock.now(),
        sampleCount: merged.sampleCount,
        intervalMs,
        idleMs: merged.idleUs / 1_000,
        routes: store.facets().routes,
        root: toFlameNode(merged, source),
      };
    },
    hotFunctions({ count = TOP_COUNT, ...filter } = {}) {
      sampling.flush();
      return rankFunctions(store.merged(filter), source, count);
    },
    samples(filter = {}) {
      sampling.flush();
      return store.merged(filter);
    },
    samplesByLabels(range) {
      sampling.flush();
      return store.byLabels(range);
    },
    pseudonymOf: (userId) => pseudonymise(userId),
    facets: () => store.facets(),
    stalls: (spanMs = DEFAULT_SPAN_MS) => book.stallsSince(clock.now() - spanMs),
    syncCalls: (spanMs = DEFAULT_SPAN_MS) => settled(() => syncCalls.since(clock.now() - spanMs)),
    slowRequests: () => settled(() => slowRequests.list()),
    trace: (requestId) => settled(() => traces.find(requestId)),
    traces: (spanMs = DEFAULT_SPAN_MS) => settled(() => traces.recent(clock.now() - spanMs)),
    exemplars: (query) => settled(() => findExemplars([...traces.slow(), ...traces.recent(query.from)], query)),
    setSampling: ({ intervalMs: newIntervalMs }) => setSampling(newIntervalMs),
    addSamples: ({ labels, tree }) => store.addTree(clock.now(), labels, tree),
    overhead,
    memory: () => memory.state(),
    heapCensus: (census) => takeHeapCensus(() => clock.monotonic(), census),
    resources: () => resources.state(),
    baseline: () => book.baseline.state(),
    learn: (stored) => book.baseline.learn(stored),
    flush() {
      sampling.flush();
      closeWindow();
    },
    onWindow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recordCpu,
    health: () =>
      describeHealth({
        isOn: ticking !== undefined,
        failure: sampling.state().failure ?? failures.at(-1),
        intervalMs,
        wantedIntervalMs: resolved.samplingIntervalMs,
      }),
  };
}
