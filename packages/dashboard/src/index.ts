export type { Alert, AlertBook } from './alert-book.ts';
export { advanceAlert, type AlertRule, type AlertState } from './alerts.ts';
export { createDashboard, type Dashboard, type DashboardOptions } from './dashboard.ts';
export { dashboardErrors, DashboardError, type DashboardErrorCode } from './errors.ts';
export { createFastifyPlugin, type DashboardMount } from './fastify-plugin.ts';
export { readHistory, type HistoryQuery, type Series } from './history.ts';
export type { DashboardRoute, RouteInput, RouteOutput } from './routes.ts';
