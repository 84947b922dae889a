import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Alert } from './api/alerts.ts';
import type { SelfCost } from './api/overview.ts';
import type { StreamHello } from './api/stream.ts';
import { createAlertBook } from './alerts/alert-book.ts';
import { readPast } from './alerts/past-readings.ts';
import { createAlertSettings } from './alerts/alert-settings.ts';
import { createDatabaseAlertStore } from './alerts/database-alert-store.ts';
import { createMemoryAlertStore } from './alerts/memory-alert-store.ts';
import { createResilientAlertStore } from './alerts/resilient-alert-store.ts';
import { createChannelBook } from './channels/channel-book.ts';
import { createSeal } from './channels/seal.ts';
import { toPrometheusText } from './export/export-value.ts';
import { isMissingTable } from './database.ts';
import { createOpenTelemetryExport } from './export/open-telemetry.ts';
import { CATALOGUE } from './history/catalogue.ts';
import { createDatabaseHistoryStore } from './history/database-history-store.ts';
import { createHistory } from './history/history.ts';
import { createMemoryHistoryStore } from './history/memory-history-store.ts';
import { createRecorder } from './history/recorder.ts';
import { createDatabaseRankingStore } from './rankings/database-ranking-store.ts';
import { createRankingRecorder } from './rankings/ranking-recorder.ts';
import { createRankings } from './rankings/rankings.ts';
import { createKept } from './keepers.ts';
import { createRecordings } from './recordings/recordings.ts';
import { createLiveExchange } from './live-exchange.ts';
import { createUpkeep } from './upkeep.ts';
import { createPages } from './mount/pages.ts';
import { resolveDashboardOptions, type DashboardOptions } from './options.ts';
import { createAlertRoutes } from './routes/alert-routes.ts';
import { createProfileRoutes } from './routes/profile-routes.ts';
import { createRankingRoutes } from './routes/ranking-routes.ts';
import { createProfilerRoutes } from './routes/profiler-routes.ts';
import { createRequestRoutes } from './routes/request-routes.ts';
import type { DashboardRoute } from './routes/route.ts';
import { createSeriesRoutes } from './routes/series-routes.ts';
import { createViewRoutes } from './routes/view-routes.ts';
import { createTickStream } from './stream.ts';
import { changeMarks } from './views/advice.ts';
import { createComponentWatch, describeComponents } from './views/components.ts';

/** The administrators' room. Nothing is computed for watchers or sent while nobody looks; history and alerts go on. */
export interface Dashboard {
  /** The JSON endpoints below `/api/performance`, to be mounted behind an administrators' guard. */
  readonly routes: readonly DashboardRoute[];
  readonly watcherCount: number;
  /** What the dashboard costs. */
  self(): SelfCost;
  /** Times that something was serialised for watchers. */
  readonly serialisedCount: number;
  /**
   * Answers `GET /api/performance/stream`. The caller has checked that an administrator asks.
   * @param isAllowed Asked every five seconds; the stream ends when it says no. @defaultValue always
   */
  stream(request: IncomingMessage, response: ServerResponse, isAllowed?: () => Promise<boolean>): void;
  /** The latest second as Prometheus text, to be appended to what the host exposes; empty before the first. */
  prometheusText(): string;
  /** Answers the page and its files; `path` is what follows `/admin/performance`. */
  page(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Writes history that is due, follows the database, sends messages. Runs by itself every `flushMs`. */
  flush(): Promise<void>;
  /** Ends the streams and everything in the background. What was seen since the last flush is written. Idempotent. */
  close(): Promise<void>;
}

/** How long missing tables are no fault. */
const MIGRATION_MS = 60_000;
/** An older reading would claim that something is measured which is not. */
const LATEST_MS = 10_000;
const BYTES_PER_ROW = 8 * CATALOGUE.length + 400;

/**
 * Creates the dashboard of one process.
 * @throws DashboardError DASHBOARD_OPTIONS_INVALID
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const resolved = resolveDashboardOptions(options);
  const { profiler, advisor, health, sources, sections, database, instance, release, service, clock } = resolved;
  const now = (): number => clock.now();
  const startedAt = now();
  const onFault = (what: string, error: unknown): void => {
    // A host may migrate its database while the dashboard is there already: the next round finds the tables.
    const isEarly = isMissingTable(error) && now() - startedAt < MIGRATION_MS;
    if (!isEarly) resolved.onFault(what, error);
  };
  const fault = (what: string) => (error: unknown) => onFault(what, error);

  const historyStore = database === undefined ? undefined : createDatabaseHistoryStore(database);
  const recorder = createRecorder({ profiler, clock, instance, health, store: historyStore });
  const history = createHistory({
    recorder,
    store: historyStore ?? createMemoryHistoryStore(),
    clock,
    instance,
    isShared: historyStore !== undefined,
    foreignMarks: (range) =>
      changeMarks(advisor, range).catch((error: unknown) => {
        onFault('marks of changes', error);
        return [];
      }),
    onFault: fault('history'),
  });

  const rankingStore = database === undefined ? undefined : createDatabaseRankingStore(database);
  const rankingRecorder = createRankingRecorder({ clock, instance, store: rankingStore });
  const rankings = createRankings({
    recorder: rankingRecorder,
    store: rankingStore,
    clock,
    instance,
    onFault: fault('rankings'),
  });

  const kept = database === undefined ? undefined : createKept({ database, profiler, clock, instance });
  const flame =
    sources.flame ??
    createRecordings({ profiler, clock, instance, kept: kept?.recordings, onFault: fault('recordings') });

  const store =
    database === undefined
      ? createMemoryAlertStore()
      : createResilientAlertStore(createDatabaseAlertStore(database), fault('alerts'));
  const settings = createAlertSettings(store, now);
  const channels = createChannelBook({
    store,
    now,
    seal: resolved.secret === '' ? undefined : createSeal(resolved.secret),
    service,
    url: resolved.publicUrl,
    onFault: fault('alert channels'),
  });

  const hello = (): StreamHello => ({
    instance,
    startedAt,
    release,
    at: now(),
    stepMs: 1_000,
    instanceCount: upkeep.instanceCount,
  });
  const exchange = createLiveExchange({
    recorder,
    database,
    clock,
    instance,
    instanceCount: () => upkeep.instanceCount,
    hasWatchers: () => ticks.watcherCount > 0,
    onFault: fault('seconds of other processes'),
  });
  const ticks = createTickStream({
    source: exchange,
    clock,
    hello,
    onFirst: () => void exchange.tend().catch(fault('seconds of other processes')),
  });
  const onAlert = (alert: Alert): void => {
    ticks.push('alert', alert);
    void channels.deliver().catch(fault('alert messages'));
  };
  const book = createAlertBook({
    store,
    settings,
    instance,
    now,
    route: (rule) => channels.route(rule),
    describe: ({ metric }) => describeComponents(metric, health()),
    past: (rule) => readPast(rule, history, now()),
    onAlert,
    onFault: fault('alerts'),
  });

  const pages = createPages();
  const watch = createComponentWatch(sources.fallbacks ?? {});
  const components = (): ReturnType<typeof watch.list> => watch.list(health(), now());
  const stopReading = recorder.onReading(({ at, values }) => {
    if (upkeep.knowsRules) book.observe(values, at);
    if (watch.observe(health(), at)) ticks.push('changed', { topic: 'components' });
  });

  const upkeep = createUpkeep({
    recorder,
    historyStore,
    rankingRecorder,
    rankingStore,
    keepers: kept?.keepers ?? [],
    history,
    store,
    settings,
    channels,
    book,
    clock,
    flushMs: resolved.flushMs,
    identity: { id: instance, startedAt, release },
    advisor,
    tendLive: () => exchange.tend(),
    hasWatchers: () => ticks.watcherCount > 0,
    onChanged: (topic) => ticks.push('changed', { topic }),
    onMark: (mark) => ticks.push('mark', mark),
    onFault,
  });
  const openTelemetry =
    resolved.openTelemetry === undefined
      ? undefined
      : createOpenTelemetryExport({
          ...resolved.openTelemetry,
          recorder,
          clock,
          resource: { service, instance, release },
          startedAt,
          onFault: fault('OpenTelemetry export'),
        });

  const self = (): SelfCost => ({
    watcherCount: ticks.watcherCount,
    pushedBytes: ticks.pushedBytes,
    bytesPerWatcherSecond: ticks.bytesPerWatcherSecond,
    busyMsPerSecond: recorder.busyMs / Math.max(1, (now() - startedAt) / 1_000),
    historyBytes: recorder.rowCount * BYTES_PER_ROW,
    historyState: upkeep.historyState,
  });

  const onChanged = (topic: Parameters<typeof ticks.push<'changed'>>[1]['topic']): void =>
    ticks.push('changed', { topic });
  const routes = [
    ...createViewRoutes({
      profiler,
      advisor,
      history,
      sources,
      overview: {
        profiler,
        advisor,
        history,
        components,
        openAlerts: () => store.alerts('open', 100),
        rules: () => settings.rules(),
        instanceCount: () => upkeep.instanceCount,
        self,
        now,
        onFault,
      },
      health,
      sections,
      components,
      self,
      clock,
      onChanged,
      onFault,
    }),
    ...createRequestRoutes({ profiler, sources, incidents: kept?.incidents, instance, clock, onFault }),
    ...createProfilerRoutes({
      profiler,
      flame,
      rankings,
      sources,
      incidents: kept?.incidents,
      instance,
      clock,
      onFault,
    }),
    ...createRankingRoutes({ rankings, sources, clock, onFault }),
    ...createSeriesRoutes({ history, clock, onMark: (mark) => ticks.push('mark', mark) }),
    ...createAlertRoutes({ store, settings, channels, history, clock, onAlert, onChanged }),
    ...createProfileRoutes(profiler, clock),
  ];

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopReading();
    ticks.close();
    openTelemetry?.close();
    await exchange.close();
    await upkeep.close();
    recorder.close();
    rankingRecorder.close();
  };

  return {
    routes,
    get watcherCount() {
      return ticks.watcherCount;
    },
    get serialisedCount() {
      return ticks.serialisedCount;
    },
    self,
    stream: (request, response, isAllowed) => ticks.attach(request, response, isAllowed),
    prometheusText() {
      const latest = recorder.recent(now() - LATEST_MS).at(-1);
      return latest === undefined ? '' : toPrometheusText(latest.values);
    },
    page(request, response, path) {
      pages.send(request, response, path).catch((error: unknown) => {
        onFault('pages', error);
        response.destroy();
      });
    },
    flush: () => upkeep.run(),
    close: () => (closing ??= close()),
  };
}
