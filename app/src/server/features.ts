import type { FastifyInstance } from 'fastify';
import { registerAccountsRoutes } from '../features/accounts/routes.ts';
import { registerFindingRoutes } from '../features/findings/routes.ts';
import { registerOverviewRoutes } from '../features/overview/routes.ts';
import { registerReportRoutes } from '../features/reports/routes.ts';
import { registerSettingsRoutes } from '../features/retention/routes.ts';
import { registerScanRoutes } from '../features/scans/routes.ts';
import { registerUploadRoutes } from '../features/uploads/routes.ts';
import type { AppContext } from './context.ts';

/** Registers the routes of every feature. */
export function registerFeatures(app: FastifyInstance, context: AppContext): void {
  registerAccountsRoutes(app, context);
  registerUploadRoutes(app, context);
  registerScanRoutes(app, context);
  registerFindingRoutes(app, context);
  registerOverviewRoutes(app, context);
  registerReportRoutes(app, context);
  registerSettingsRoutes(app, context);
}
