import { advisorMigrationSql } from '@dataguardian/performance';

/** What the advisor recommended, what came of it, and who decided. The application's role has no access. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0005-advisor',
  up: advisorMigrationSql,
};
