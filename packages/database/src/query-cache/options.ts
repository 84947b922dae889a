import type { WireObserver } from '../wire-observer.ts';
import type { QuerySharedTier } from './shared-tier.ts';

/** Settings of the query cache. */
export interface QueryCacheOptions {
  /** Memory for answers, estimated. @defaultValue 67_108_864 */
  readonly maxBytes?: number;
  /** Other processes' commits are seen after this long at the latest, whatever fails; at least 200. @defaultValue 1_000 */
  readonly leaseMs?: number;
  /** Where processes share answers. @defaultValue none */
  readonly sharedTier?: QuerySharedTier;
  /**
   * Other pools of this process on the same database, such as that of the tables' owner: what they write counts as this
   * process's own from its acknowledgement on. Name them before they are first used; what a session writes that was open
   * before is heard of like another process's. Their search path must lead to the same tables. @defaultValue none
   */
  readonly alsoWatch?: readonly SessionSource[];
}

/** A pool whose sessions can be watched. */
export interface SessionSource {
  watchSessions(observer: WireObserver): void;
}

/** Options with their defaults. */
export type ResolvedQueryCacheOptions = Required<Omit<QueryCacheOptions, 'sharedTier'>> &
  Pick<QueryCacheOptions, 'sharedTier'>;

const LEAST_LEASE_MS = 200;

/** A sentence for each value out of range. */
export function findQueryCacheProblems(options: QueryCacheOptions | undefined): readonly string[] {
  const { leaseMs, maxBytes } = resolveQueryCacheOptions(options);
  return [
    ...(maxBytes >= 0 ? [] : ['queryCacheOptions.maxBytes must be 0 or more']),
    ...(leaseMs >= LEAST_LEASE_MS ? [] : [`queryCacheOptions.leaseMs must be ${LEAST_LEASE_MS} or more`]),
  ];
}

/** Fills in defaults. */
export function resolveQueryCacheOptions(options: QueryCacheOptions | undefined): ResolvedQueryCacheOptions {
  return { maxBytes: 64 * 1024 * 1024, leaseMs: 1_000, alsoWatch: [], ...options };
}
