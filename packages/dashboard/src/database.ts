/** What the dashboard needs of a database: statements with `$1` … for values. */
export interface DashboardDatabase {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}
