import { sessionsMigrationSqlV2 } from '@dataguardian/performance';

/** Tokens of sessions are renewed on schedule. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0003-sessions',
  up: sessionsMigrationSqlV2,
};
