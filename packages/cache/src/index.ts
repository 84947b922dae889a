export { createCache } from './create-cache.ts';
export type { Cache, CacheNamespace, EntryOptions, Load, LoadContext, LoadOptions } from './cache.ts';
export type { CacheOptions, CoherenceMode, EncryptionOptions } from './options.ts';
export type { ClusterOptions, SentinelOptions } from './redis/redis-target.ts';
export type { NamespacePolicy, ResolvedPolicy } from './policy.ts';
export { policies } from './standard-policies.ts';
export { CacheError, cacheErrors, type CacheErrorCode } from './errors.ts';
export type { CacheStats, NamespaceStats } from './stats.ts';
export type { CacheAnalyst, OversizedValue } from './analyst/analyst.ts';
export type { CurvePoint } from './analyst/hit-ratio-curve.ts';
export type { HotKey } from './analyst/hot-keys.ts';
export type { CacheProposal, ProposalProof, ProposalVerdict, ProposedChange } from './analyst/proposal.ts';
export { createKeyvStore, type KeyvStore } from './adapters/keyv-store.ts';
export {
  registerHttpCache,
  type CachedResponse,
  type HttpCacheOptions,
  type HttpReply,
  type HttpRequest,
  type HttpServer,
} from './adapters/http-cache.ts';
export {
  createBentoFace,
  type BentoDuration,
  type BentoEntryOptions,
  type BentoFace,
  type BentoFactoryContext,
} from './adapters/bento-face.ts';
