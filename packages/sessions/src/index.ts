export type { Activity } from './activity-log.ts';
export { readToken, toClearCookie, toSetCookie, type CookieOptions } from './cookie.ts';
export { isCrossSite } from './cross-site.ts';
export { sessionErrors, SessionError, SessionNotFreshError, type SessionErrorCode } from './errors.ts';
export { createSessionsPlugin, type SessionsMount } from './fastify-plugin.ts';
export {
  sessionsInstallSql,
  sessionsMigrationSql,
  sessionsMigrationSqlV2,
  sessionsMigrationSqlV3,
  sessionsMigrationSqlV4,
  toSessionsGrantSql,
} from './migration.ts';
export type { SessionsOptions } from './options.ts';
export type { SessionCounts } from './session-counters.ts';
export type { SessionBusHandlers, SessionDatabase } from './session-database.ts';
export { createSessions, type Sessions } from './sessions.ts';
export type { SessionStatistics } from './session-figures.ts';
export type { SessionRecord } from './session-record.ts';
export type { SessionSharedTier } from './shared-tier.ts';
export type { OpenedSession, Session, SessionStart, SessionSummary } from './session.ts';
export {
  createAdmission,
  type Admission,
  type AdmissionLimits,
  type AdmissionRefusal,
  type AdmissionRequest,
  type ResolvedLimits,
  type RuntimeLimits,
} from './admission/admission.ts';
export { createAdaptiveLimit, type AdaptiveLimit, type AdaptiveLimitBounds } from './admission/adaptive-limit.ts';
export { AdmissionError } from './admission/admission-error.ts';
export { createAdmissionPlugin, type AdmissionOptions } from './admission/admission-plugin.ts';
export type { AdmissionClass, AdmissionStatistics } from './admission/admission-statistics.ts';
export {
  createFairQueue,
  type FairQueue,
  type FairQueueLimits,
  type FairQueueRefusal,
  type FairQueueTicket,
} from './admission/fair-queue.ts';
export { createShedding, type Shedding } from './admission/shedding.ts';
export type { ResourceBudgets, UserConsumption } from './admission/usage-ledger.ts';
export { sizeForUsers, type Sizing, type SizingInput } from './admission/sizing.ts';
export {
  createAdmissionMiddleware,
  type AdmissionMiddleware,
  type AdmissionMiddlewareOptions,
} from './express/admission-middleware.ts';
export {
  clearSessionCookie,
  createSessionsMiddleware,
  sessionOf,
  sessionTokenOf,
  setSessionCookie,
  type SessionMiddleware,
  type SessionMiddlewareOptions,
} from './express/sessions-middleware.ts';
export type { BlobStore } from './express/blob-store.ts';
export { createDatabaseBlobs, expressSessionsMigrationSql } from './express/database-blobs.ts';
export {
  createExpressStore,
  type ExpressSessionData,
  type ExpressStoreMethods,
  type ExpressStoreOptions,
} from './express/express-store.ts';
export { createMemoryBlobs } from './express/memory-blobs.ts';
export { createRedisBlobs, type RedisBlobClient, type RedisBlobsOptions } from './express/redis-blobs.ts';
