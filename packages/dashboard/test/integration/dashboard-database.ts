import { createDatabase, type Database } from '@dataguardian/database';
import {
  dashboardMigrationSql,
  dashboardRankingsMigrationSql,
  dashboardRecordingsMigrationSql,
} from '@dataguardian/dashboard';
import { postgresForTest } from '@dataguardian/testing';

/** A database with the dashboard's tables. */
export async function databaseWorld(): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const postgres = await postgresForTest();
  await postgres.execute(dashboardMigrationSql);
  await postgres.execute(dashboardRankingsMigrationSql);
  await postgres.execute(dashboardRecordingsMigrationSql);
  const database = createDatabase({ connectionString: postgres.url });
  return {
    database,
    async close() {
      await database.close();
      await postgres.close();
    },
  };
}

const TABLES = 'dashboard_history, dashboard_instances, dashboard_marks, dashboard_documents, dashboard_alerts';

/** Empties the tables between tests: cheaper than a database for each. */
export async function clear(database: Database): Promise<void> {
  await database.query(
    `truncate ${TABLES}, dashboard_deliveries, dashboard_rankings, dashboard_live, dashboard_watchers,
    dashboard_recordings, dashboard_incidents`,
  );
}
