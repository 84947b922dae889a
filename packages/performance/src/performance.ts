import {
  createAdvisor,
  createAlternatingTrials,
  createDatabaseLedger,
  createWordsmith,
  type Advisor,
  type AdvisorOptions,
  type Ledger,
  type WordsmithOptions,
} from '@dataguardian/advisor';
import { createCache, policies, type Cache, type CacheOptions } from '@dataguardian/cache';
import {
  createDashboard,
  createFastifyPlugin,
  type Dashboard,
  type DashboardMount,
  type DashboardOptions,
  type DashboardSources,
} from '@dataguardian/dashboard';
import {
  createDatabase,
  createStatementStatistics,
  type Database,
  type DatabaseOptions,
  type QueryCacheOptions,
  type SharedResult,
} from '@dataguardian/database';
import { createProfiler, type Profiler } from '@dataguardian/profiler';
import {
  createAdmissionPlugin,
  createSessions,
  createSessionsPlugin,
  type Admission,
  type AdmissionOptions,
  type SessionRecord,
  type Sessions,
  type SessionsMount,
  type SessionsOptions,
} from '@dataguardian/sessions';
import { systemClock, type Clock, type ComponentHealth } from '@dataguardian/telemetry';
import { startAdviceLoop } from './advice/advice-loop.ts';
import { createCacheHintAdvice } from './advice/cache/cache-hint-advice.ts';
import { createCacheMeter } from './advice/cache/cache-meter.ts';
import { createCacheSizeAdvice } from './advice/cache/cache-size-advice.ts';
import { createCacheRefreshAdvice } from './advice/cache/cache-refresh-advice.ts';
import { createCacheTtlAdvice } from './advice/cache/cache-ttl-advice.ts';
import { createCodeAdvice } from './advice/code-advice.ts';
import { createIndexAdvice } from './advice/index-advice.ts';
import { createAdmissionTrace } from './advice/limits/admission-trace.ts';
import { createLimitsAdvice } from './advice/limits/limits-advice.ts';
import { createPoolAdvice } from './advice/pool-advice.ts';
import { createRequestTimeline } from './advice/request-timeline.ts';
import { createRewriteAdvice } from './advice/rewrite/rewrite-advice.ts';
import { createValueSamples } from './advice/rewrite/value-samples.ts';
import { seenStalls } from './advice/seen-stalls.ts';
import { createStallAdvice } from './advice/stall-advice.ts';
import { createStatementMeter } from './advice/statement-meter.ts';
import { keepBaseline, type BaselineStore } from './baseline-keeper.ts';
import { watchMaintenance } from './maintenance.ts';
import { combineObservers, superviseProfiler } from './observers.ts';
import { createPrometheusExporter } from './prometheus.ts';
import { readCache } from './sources/cache-source.ts';
import { FALLBACK_WORDS } from './sources/fallback-words.ts';

/** What to wire. */
export interface PerformanceOptions {
  readonly database: DatabaseOptions;
  /** @defaultValue memory only */
  readonly redisUrl?: string | undefined;
  readonly cache?: Omit<CacheOptions, 'redisUrl' | 'clock'>;
  readonly sessions?: Omit<SessionsOptions, 'database' | 'clock'>;
  /**
   * A database with the rights of the tables' owner: for the advisor's ledger and its indexes.
   * @defaultValue none: the ledger lasts as long as the process, and indexes are not advised
   */
  readonly maintenance?: Database;
  /** @defaultValue in the maintenance database, else in memory */
  readonly ledger?: Ledger;
  /** What the dashboard cannot know by itself: scans, sessions with names. @defaultValue none */
  readonly sources?: Pick<DashboardSources, 'scans' | 'sessions'>;
  readonly dashboard?: Pick<DashboardOptions, 'release' | 'secret' | 'publicUrl' | 'instance' | 'openTelemetry'>;
  /** A language model that words recommendations. @defaultValue none */
  readonly wording?: Omit<WordsmithOptions, 'onRefusal'>;
  /** Where what is usual at each hour outlives the process, for anomalies. @defaultValue it does not */
  readonly baseline?: BaselineStore;
  /**
   * Key of the hashes that stand for people in samples. Processes and restarts that share it can be asked for a user
   * together. @defaultValue a random one
   */
  readonly labelKey?: string;
  /** Hears of each step of a recommendation and who took it, for an audit. @defaultValue nobody: the ledger keeps it too */
  readonly onAdvice?: AdvisorOptions['onTransition'];
  readonly clock?: Clock;
  /** Hears of faults that the fallbacks absorbed, for a log. */
  readonly onFault?: (component: string, error: unknown) => void;
}

/** The five modules, wired to each other and to telemetry. */
export interface Performance {
  readonly database: Database;
  readonly cache: Cache;
  readonly sessions: Sessions;
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  readonly dashboard: Dashboard;
  /** `profiler` stands for everything that observes and advises. */
  health(): Readonly<Record<'database' | 'cache' | 'sessions' | 'profiler', ComponentHealth>>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  readonly metricsContentType: string;
  /** Fastify plugin: the dashboard's pages, API and stream, behind a guard. */
  dashboardPlugin(mount: DashboardMount): ReturnType<typeof createFastifyPlugin>;
  /** Fastify plugin: `request.session`, cookies, refusal of cross-site writes. */
  sessionsPlugin(mount: SessionsMount): ReturnType<typeof createSessionsPlugin>;
  /** Fastify plugin: one user's requests cannot keep the others waiting. Register it after the sessions plugin. */
  admissionPlugin(options?: Omit<AdmissionOptions, 'clock'>): ReturnType<typeof createAdmissionPlugin>;
  /** Closes everything, the pool last. */
  close(): Promise<void>;
}

/** Of `DatabaseOptions`. */
const DEFAULT_MIN_CONNECTIONS = 10;

/** Answers in Redis are valid by snapshot, not by time: this bounds how long one that nobody asks for stays. */
const ANSWER_TTL_MS = 10 * 60_000;

/** Answers of the query cache, encrypted, in Redis alone: the query cache has a memory of its own. */
function withSharedTier({ queryCacheOptions }: DatabaseOptions, cache: Cache): QueryCacheOptions {
  const answers = cache.namespace<SharedResult>('query-answers', {
    ttlMs: ANSWER_TTL_MS,
    earlyRefreshRatio: 0,
    private: true,
    tiers: 'redis',
  });
  return {
    sharedTier: { get: (key) => answers.get(key), set: (key, value) => answers.set(key, value) },
    ...queryCacheOptions,
  };
}

/**
 * Starts every module. Modules connect by themselves, so that nothing here waits for a server that is away, and a
 * module that cannot work is replaced by its fallback.
 */
export function createPerformance(options: PerformanceOptions): Performance {
  const { clock = systemClock, onFault = () => undefined } = options;
  const statements = createStatementStatistics({ clock });
  const times = createStatementMeter(clock);
  const values = createValueSamples(clock);
  const cache = createCache({ ...options.cache, redisUrl: options.redisUrl, clock });
  const database = createDatabase({
    ...options.database,
    ...(options.redisUrl === undefined ? {} : { queryCacheOptions: withSharedTier(options.database, cache) }),
    statementObservers: [
      ...(options.database.statementObservers ?? []),
      statements.observer,
      times.observer,
      values.observer,
    ],
    clock,
  });
  const sessions = createSessions({
    sharedTier: cache.namespace<SessionRecord>('sessions', { ...policies.sessions, private: true }),
    ...options.sessions,
    database,
    clock,
  });
  const profiler = createProfiler({ clock, release: options.dashboard?.release, labelKey: options.labelKey });
  const exporter = createPrometheusExporter();
  const timeline = createRequestTimeline(clock);
  const meter = createCacheMeter(cache, clock);
  const trials = createAlternatingTrials({ clock });
  const arrivals = createAdmissionTrace(clock);
  let admission: Admission | undefined;
  const maintained =
    options.maintenance === undefined
      ? undefined
      : watchMaintenance({
          database,
          maintenance: options.maintenance,
          statements,
          minConnections: options.database.minConnections ?? DEFAULT_MIN_CONNECTIONS,
          clock,
          onFault,
        });
  const cacheSize = createCacheSizeAdvice({ cache, meter, clock });
  const advice = [
    cacheSize,
    createCacheTtlAdvice({ cache, meter, clock }),
    createCacheRefreshAdvice({ cache, meter, clock }),
    createPoolAdvice(database, { times, trials, clock }),
    createLimitsAdvice({ admission: () => admission, trace: arrivals, trials, clock }),
    ...(maintained === undefined
      ? []
      : [
          createIndexAdvice({
            indexes: maintained.indexes,
            clock,
            costly: () => maintained.costly(),
            countedSince: statements.startedAt,
            seen: (proof) => maintained.seen(proof),
          }),
        ]),
  ];
  const rewrites = createRewriteAdvice({
    profiler,
    samples: values,
    database: options.maintenance ?? database,
    clock,
  });
  const words = [
    createCacheHintAdvice(cache),
    rewrites,
    createCodeAdvice(profiler, rewrites.covers),
    createStallAdvice({ stalls: (since) => seenStalls(profiler, clock.now() - since), timeline, clock }),
  ];
  const ledger =
    options.ledger ?? (options.maintenance === undefined ? undefined : createDatabaseLedger(options.maintenance));
  const advisor = createAdvisor({
    rules: [...advice, ...words].map(({ rule }) => rule),
    provers: [...advice, ...words].map(({ prover }) => prover),
    actuators: advice.map(({ actuator }) => actuator),
    clock,
    onError: (what, error) => onFault(`advisor: ${what}`, error),
    ...(options.onAdvice === undefined ? {} : { onTransition: options.onAdvice }),
    ...(ledger === undefined ? {} : { ledger }),
    ...(options.wording === undefined
      ? {}
      : {
          wordsmith: createWordsmith({
            ...options.wording,
            onRefusal: (reason) => onFault('advisor: wording', new Error(reason)),
          }),
        }),
  });

  const observers = superviseProfiler({ profiler, clock, onFault });
  const loop = startAdviceLoop({ advisor, profiler, isReady: cacheSize.isReady, clock, onFault });

  const health = (): ReturnType<Performance['health']> => ({
    database: database.health(),
    cache: cache.health(),
    sessions: sessions.health(),
    profiler: combineObservers([observers.health(), loop.health()]),
  });

  const dashboard = createDashboard({
    profiler,
    advisor,
    health,
    sources: {
      cache: () => readCache(cache),
      ...(maintained === undefined
        ? {}
        : { database: maintained.source.database, statement: maintained.source.statement }),
      ...options.sources,
      fallbacks: FALLBACK_WORDS,
    },
    ...options.dashboard,
    sections: () => ({ cacheStatistics: cache.stats(), databaseStatistics: database.statistics() }),
    clock,
    onFault: (what, error) => onFault(`dashboard: ${what}`, error),
    ...(options.maintenance === undefined ? {} : { database: options.maintenance }),
  });

  const endBaseline =
    options.baseline === undefined
      ? undefined
      : keepBaseline({
          profiler,
          store: options.baseline,
          clock,
          onFault: (error) => onFault('profiler: what is usual', error),
        });

  return {
    database,
    cache,
    sessions,
    profiler,
    advisor,
    dashboard,
    health,
    metrics: async () => (await exporter.text()) + dashboard.prometheusText(),
    metricsContentType: exporter.contentType,
    dashboardPlugin: (mount) => createFastifyPlugin(dashboard, mount),
    sessionsPlugin: (mount) => createSessionsPlugin(sessions, mount),
    admissionPlugin: (limits) =>
      createAdmissionPlugin({
        ...limits,
        clock,
        onReady(ready) {
          admission = ready;
          limits?.onReady?.(ready);
        },
      }),
    async close() {
      loop.close();
      await endBaseline?.();
      trials.close();
      arrivals.close();
      meter.close();
      maintained?.close();
      timeline.close();
      statements.close();
      await closeQuietly('dashboard', () => dashboard.close());
      observers.close();
      exporter.close();
      await closeQuietly('sessions', () => sessions.close());
      await closeQuietly('cache', () => cache.close());
      await closeQuietly('database', () => database.close());
    },
  };

  async function closeQuietly(component: string, close: () => Promise<void>): Promise<void> {
    try {
      await close();
    } catch (error) {
      onFault(component, error);
    }
  }
}
