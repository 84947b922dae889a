import { sessionsMigrationSqlV4 } from '@dataguardian/performance';

/** Data of one session is bounded. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0009-session-data-bound',
  up: sessionsMigrationSqlV4,
};
