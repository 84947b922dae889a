export { createCache } from './create-cache.ts';
export type { Cache, CacheNamespace, EntryOptions, Load, LoadContext, LoadOptions } from './cache.ts';
export type { CacheOptions, CoherenceMode, EncryptionOptions } from './options.ts';
export type { NamespacePolicy } from './policy.ts';
export { CacheError, cacheErrors, type CacheErrorCode } from './errors.ts';
export type { CacheStats, NamespaceStats } from './stats.ts';
