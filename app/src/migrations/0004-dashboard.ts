import { dashboardMigrationSql } from '@dataguardian/performance';

/** History, alerts and channels of the performance dashboard. The application's role has no access. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0004-dashboard',
  up: dashboardMigrationSql,
};
