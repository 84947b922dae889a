import { dashboardRecordingsMigrationSql } from '@dataguardian/performance';

/** What was sampled over days, and the slow requests and stalls of all processes. The application's role has no access. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0010-dashboard-recordings',
  up: dashboardRecordingsMigrationSql,
};
