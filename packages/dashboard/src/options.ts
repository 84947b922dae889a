import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import type { DashboardDatabase } from './database.ts';
import { DashboardError } from './errors.ts';
import type { Health } from './history/catalogue.ts';
import type { DashboardSources } from './sources.ts';

/** What the dashboard shows, and where it keeps what it saw. */
export interface DashboardOptions {
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  /** Health of each component, by name; asked once a second. @defaultValue none */
  readonly health?: () => Health;
  /** Figures of the other modules. @defaultValue none: their pages say what would fill them */
  readonly sources?: DashboardSources;
  /** Further parts of `GET /snapshot`. @defaultValue none */
  readonly sections?: () => Readonly<Record<string, unknown>>;
  /**
   * Where history, alerts, rules and channels are kept, with the tables of `dashboardMigrationSql`.
   * @defaultValue none: the memory of this process
   */
  readonly database?: DashboardDatabase;
  /** Tells processes that share the database apart. @defaultValue host name and a random part */
  readonly instance?: string;
  /** Version of what runs; a new one sets a mark on every chart. @defaultValue '' (no mark) */
  readonly release?: string;
  /** Name in messages and exports. @defaultValue 'dataguardian' */
  readonly service?: string;
  /** Address of the pages, for links in messages. @defaultValue none */
  readonly publicUrl?: string;
  /** Seals channel settings in the database. @defaultValue '': they are stored as they are */
  readonly secret?: string;
  /** How often history is written and due messages are looked for. @defaultValue 10_000 */
  readonly flushMs?: number;
  /** Sends metrics to an OpenTelemetry collector. @defaultValue none */
  readonly openTelemetry?: OpenTelemetryOptions;
  readonly clock?: Clock;
  /** Hears of faults that were absorbed, for a log; never of secrets. @defaultValue nobody */
  readonly onFault?: (what: string, error: unknown) => void;
}

/** Where metrics are sent, as OTLP over HTTP in JSON. */
export interface OpenTelemetryOptions {
  /** Address of the collector's metrics endpoint, for example `http://127.0.0.1:4318/v1/metrics`. */
  readonly url: string;
  /** Headers of each request, for a token. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue 15_000 */
  readonly periodMs?: number;
}

/** Options with their defaults, checked. */
export type ResolvedDashboardOptions = Required<Omit<DashboardOptions, 'database' | 'openTelemetry' | 'publicUrl'>> & {
  readonly database: DashboardDatabase | undefined;
  readonly publicUrl: string | undefined;
  readonly openTelemetry: Required<OpenTelemetryOptions> | undefined;
};

const SHORTEST_FLUSH_MS = 50;
const INSTANCE_CHARACTERS = 8;

/** @throws DashboardError DASHBOARD_OPTIONS_INVALID listing every problem */
export function resolveDashboardOptions(options: DashboardOptions): ResolvedDashboardOptions {
  const resolved = {
    health: () => ({}),
    sources: {},
    sections: () => ({}),
    instance: `${hostname()}-${randomUUID().slice(0, INSTANCE_CHARACTERS)}`,
    release: '',
    service: 'dataguardian',
    secret: '',
    flushMs: 10_000,
    clock: systemClock,
    onFault: () => undefined,
    ...options,
    database: options.database,
    publicUrl: options.publicUrl,
    openTelemetry:
      options.openTelemetry === undefined ? undefined : { headers: {}, periodMs: 15_000, ...options.openTelemetry },
  };
  const problems: string[] = [];
  if (!Number.isFinite(resolved.flushMs) || resolved.flushMs < SHORTEST_FLUSH_MS)
    problems.push(`flushMs must be at least ${SHORTEST_FLUSH_MS}`);
  if (resolved.instance === '' || resolved.instance.length > 200)
    problems.push('instance must have 1 to 200 characters');
  const { openTelemetry, publicUrl } = resolved;
  if (openTelemetry !== undefined && !URL.canParse(openTelemetry.url)) problems.push('openTelemetry.url is no address');
  if (openTelemetry !== undefined && !(openTelemetry.periodMs >= 1_000))
    problems.push('openTelemetry.periodMs must be at least 1000');
  if (publicUrl !== undefined && !URL.canParse(publicUrl)) problems.push('publicUrl is no address');
  if (problems.length > 0) throw new DashboardError('DASHBOARD_OPTIONS_INVALID', `${problems.join('; ')}.`);
  return Object.freeze(resolved);
}
