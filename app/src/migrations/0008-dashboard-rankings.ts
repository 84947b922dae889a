import { dashboardRankingsMigrationSql } from '@dataguardian/performance';

/** What took most time, when; and the latest second of each process. The application's role has no access. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0008-dashboard-rankings',
  up: dashboardRankingsMigrationSql,
};
