export { createDatabase, type Database } from './database.ts';
export type { DatabaseStatistics } from './database-statistics.ts';
export { databaseErrors, DatabaseError, type DatabaseErrorCode } from './errors.ts';
export { toFingerprint, type Fingerprint } from './fingerprint.ts';
export type { Holder } from './holders.ts';
export type { ListenHandlers } from './listener.ts';
export type { DatabaseOptions } from './options.ts';
export type { PgPoolClient, PgPoolFace } from './pg-pool-face.ts';
export type { PoolLoad } from './pool-load.ts';
export {
  predictWaitMs,
  proposePoolSize,
  toErlangC,
  type PoolSizeProposal,
  type PoolSizingInput,
} from './pool-sizing.ts';
export type { Queryable, QueryOptions, QueryResult } from './queryable.ts';
export type { ReplicaState } from './replicas.ts';
export type { TransactionOptions } from './transaction.ts';
export {
  dropInvalidationSql,
  toInvalidationSql,
  type InstallOptions,
  type InvalidationOptions,
} from './query-cache/invalidation-sql.ts';
export { createQueryCacheLayer } from './query-cache/layer.ts';
export type { QueryCacheOptions, SessionSource } from './query-cache/options.ts';
export type { CachedReadOptions, CachingExplanation, QueryCacheStatistics } from './query-cache/query-cache.ts';
export { refusals as queryCacheRefusals, type RefusalCode } from './query-cache/refusal.ts';
export type { QuerySharedTier, SharedResult } from './query-cache/shared-tier.ts';
export type { PgCompatiblePoolConfig } from './pg-compatible/pg-config.ts';
export { PgCompatiblePool } from './pg-compatible/pg-compatible-pool.ts';
export { createBatchRewriter, type BatchRewrite, type BatchRewriter } from './rewrite/batch-rewrite.ts';
export type { FinishedStatement, StatementObserver } from './statement-runner.ts';
export type { LiteralSample, StatementSampler } from './statements/literal-samples.ts';
export { captureLocks, type LockWait } from './statements/lock-report.ts';
export {
  createPlanCapture,
  type CapturedPlan,
  type PlanCapture,
  type PlanCaptureOptions,
} from './statements/plan-capture.ts';
export type { Repetition } from './statements/repetition.ts';
export { createServerStatements, type ServerStatement, type ServerStatements } from './statements/server-statements.ts';
export type { ServedState, StatementFigures } from './statements/statement-record.ts';
export {
  createStatementStatistics,
  type StatementStatistics,
  type StatementStatisticsOptions,
} from './statements/statement-statistics.ts';
export { tableReport, type TableFigures, type TableReport } from './statements/table-report.ts';
export { createIndexAdvisor, type IndexAdvisor, type IndexAdvisorOptions } from './indexes/index-advisor.ts';
export type { AdvisorDatabase, BuildProgress } from './indexes/index-build.ts';
export type { IndexAdvisorLimits } from './indexes/limits.ts';
export { indexManifestSql, registerIndexes, type ManagedIndex, type ManifestEntry } from './indexes/manifest.ts';
export type {
  DropCause,
  AffectedStatement,
  CreateRecommendation,
  DropRecommendation,
  IndexAdvice,
  IndexFinding,
  IndexProof,
  IndexRecommendation,
} from './indexes/recommendation.ts';
export type { IndexVerification } from './indexes/verification.ts';
