export { advisorMigrationSql } from '@dataguardian/advisor';
export { policies as cachePolicies } from '@dataguardian/cache';
export type { Cache, CacheNamespace } from '@dataguardian/cache';
export {
  DashboardError,
  dashboardMigrationSql,
  dashboardRankingsMigrationSql,
  dashboardRecordingsMigrationSql,
  type ScansView,
  type SessionsSource,
  type SessionsView,
} from '@dataguardian/dashboard';
export {
  createDatabase,
  DatabaseError,
  registerIndexes,
  type Database,
  type DatabaseOptions,
  type ManagedIndex,
  type Queryable,
  type QueryResult,
} from '@dataguardian/database';
export {
  SessionError,
  sessionsMigrationSql,
  sessionsMigrationSqlV2,
  sessionsMigrationSqlV3,
  sessionsMigrationSqlV4,
  toSessionsGrantSql,
  sizeForUsers,
  type ResourceBudgets,
  type AdmissionStatistics,
  type Session,
  type Sessions,
  type SessionSummary,
  type Sizing,
} from '@dataguardian/sessions';
export { combineHealth, FALLBACKS, type Component, type Fallback } from './fallbacks.ts';
export { createPerformance, type Performance, type PerformanceOptions } from './performance.ts';
export type { BaselineStore } from './baseline-keeper.ts';
export { profilerThread } from './profiler-thread.ts';
