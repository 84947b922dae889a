import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import { systemClock, type Clock, type ComponentHealth } from '@dataguardian/telemetry';
import { createAlertBook, type AlertBook } from './alert-book.ts';
import { sendPage } from './pages.ts';
import { createRoutes, type DashboardRoute } from './routes.ts';
import { createTickStream } from './stream.ts';

/** What the dashboard shows. */
export interface DashboardOptions {
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  /** Health of each component, by name. @defaultValue none */
  readonly health?: () => Readonly<Record<string, ComponentHealth>>;
  /** Further parts of the snapshot: statistics of cache, database, sessions ... @defaultValue none */
  readonly sections?: () => Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
}

/** The administrators' room. It does nothing while nobody looks. */
export interface Dashboard {
  /** The JSON endpoints below `/api/performance`, to be mounted behind an administrators' guard. */
  readonly routes: readonly DashboardRoute[];
  readonly alerts: AlertBook;
  readonly watcherCount: number;
  /** Answers `GET /api/performance/stream`. The caller has checked that an administrator asks. */
  stream(request: IncomingMessage, response: ServerResponse): void;
  /** Answers the page and its files; `path` is what follows `/admin/performance`. */
  page(response: ServerResponse, path: string): void;
  close(): void;
}

/** Creates the dashboard of one process. */
export function createDashboard(options: DashboardOptions): Dashboard {
  const { profiler, advisor, health = () => ({}), sections = () => ({}), clock = systemClock } = options;
  const alerts = createAlertBook();
  const ticks = createTickStream(profiler);
  const stopObserving = profiler.onWindow((window) => alerts.observe(window));
  return {
    routes: createRoutes({ profiler, advisor, alerts, health, sections, clock }),
    alerts,
    get watcherCount() {
      return ticks.watcherCount;
    },
    stream: (_request, response) => ticks.attach(response),
    page: (response, path) => sendPage(response, path),
    close() {
      stopObserving();
      ticks.close();
    },
  };
}
