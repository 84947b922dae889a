/** What the dashboard needs of a database: statements with `$1` … for values. */
export interface DashboardDatabase {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

const UNDEFINED_TABLE = '42P01';

/** Whether PostgreSQL says that a table is not there: `dashboardMigrationSql` has not run (yet). */
export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;
}
