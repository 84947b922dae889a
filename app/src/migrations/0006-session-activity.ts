import { sessionsMigrationSqlV3, toSessionsGrantSql } from '@dataguardian/performance';

/** What was done in each session: the latest hundred activities, kept beyond its end. */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0006-session-activity',
  up: sessionsMigrationSqlV3 + toSessionsGrantSql('dataguardian_app', ['session_activity']),
};
