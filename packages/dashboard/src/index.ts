export type { Alert, AlertRule, BacktestAnswer, Channel, Delivery, Silence } from './api/alerts.ts';
export type { Answer, PerformanceApi } from './api.ts';
export type { CacheView } from './api/cache.ts';
export type { DatabaseView, StatementDetail } from './api/database.ts';
export type { FlameFrame, FlameGraph } from './api/profiler.ts';
export type { TraceSpan } from './api/requests.ts';
export type { ScansView } from './api/scans.ts';
export type { DeviceSession, SessionsView, UserConsumption } from './api/sessions.ts';
export { createDashboard, type Dashboard } from './dashboard.ts';
export type { DashboardDatabase } from './database.ts';
export { dashboardErrors, DashboardError, type DashboardErrorCode } from './errors.ts';
export { createGrafanaDashboard } from './export/grafana-dashboard.ts';
export { CATALOGUE as dashboardMetrics } from './history/catalogue.ts';
export { dashboardMigrationSql, dashboardRankingsMigrationSql, dashboardRecordingsMigrationSql } from './migration.ts';
export { createFastifyPlugin, type DashboardMount } from './mount/fastify-plugin.ts';
export { createRequestHandler, type DashboardRequestHandler, type HandlerMount } from './mount/request-handler.ts';
export type { DashboardOptions, OpenTelemetryOptions } from './options.ts';
export type { DashboardRoute, RouteInput, RouteOutput } from './routes/route.ts';
export type {
  DashboardSources,
  FallbackWords,
  FlameFacets,
  FlameQuestion,
  FlameSource,
  SessionsSource,
} from './sources.ts';
