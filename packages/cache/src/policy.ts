import { CacheError } from './errors.ts';
import { STANDARD_TTL_MS } from './standard-policies.ts';

/** How the values of one namespace live. Every duration is in milliseconds. */
export interface NamespacePolicy {
  /** How long a value counts as fresh. @defaultValue 3_600_000 (1 hour) */
  readonly ttlMs?: number;
  /** For how long after its ttl a value may be served when its source fails. @defaultValue 0 */
  readonly graceMs?: number;
  /** Within grace: for how long after its ttl a value is served at once while one refresh runs. @defaultValue 0 */
  readonly staleWhileRevalidateMs?: number;
  /** The ttl of `null`, the usual sign of "there is none". @defaultValue ttlMs */
  readonly negativeTtlMs?: number;
  /** How long a caller waits for a load before it is served a value within grace. @defaultValue wait for the load */
  readonly softTimeoutMs?: number;
  /** How long a load may take before it is aborted and counts as failed. @defaultValue 30_000 */
  readonly hardTimeoutMs?: number;
  /** How long no new load is tried after a failed one, while grace serves. @defaultValue 1_000 */
  readonly retryAfterMs?: number;
  /**
   * For how long this process remembers that a load failed, and fails further calls with the same error unless grace
   * serves; a change of the key forgets it. @defaultValue 0: an error is never cached
   */
  readonly errorTtlMs?: number;
  /** Spreads each ttl by up to that share in both directions, so that values do not expire in step. @defaultValue 0.05 */
  readonly jitterRatio?: number;
  /** How eagerly a value is refreshed before its ttl ends, in proportion to its load time; 0 never. @defaultValue 1 */
  readonly earlyRefreshRatio?: number;
  /** Tags that every value of the namespace carries. */
  readonly tags?: readonly string[];
  /** Encrypts values and hides keys in Redis. Needs the cache's `encryption`, otherwise values stay in memory. @defaultValue false */
  readonly private?: boolean;
  /** Where values are kept; `redis` keeps cold or large ones out of memory, as long as Redis is there. @defaultValue 'both' */
  readonly tiers?: 'both' | 'memory' | 'redis';
  /**
   * How values are kept from being changed by those who read them: frozen deeply when stored, or copied at each read.
   * Values with parts that cannot be frozen (Date, Map, Set, typed arrays) are copied at each read either way.
   * @defaultValue 'frozen'
   */
  readonly handOut?: 'frozen' | 'copied';
  /** A larger value is served but not stored in memory, in bytes. @defaultValue an eighth of the memory tier */
  readonly maxValueBytes?: number;
}

/** A policy with every default filled in. */
export interface ResolvedPolicy {
  /** May be tuned while running. */
  ttlMs: number;
  readonly graceMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly negativeTtlMs: number;
  readonly softTimeoutMs: number | undefined;
  readonly hardTimeoutMs: number;
  readonly retryAfterMs: number;
  readonly errorTtlMs: number;
  readonly jitterRatio: number;
  /** May be tuned while running. */
  earlyRefreshRatio: number;
  readonly tags: readonly string[];
  readonly private: boolean;
  /** May be tuned while running. */
  tiers: 'both' | 'memory' | 'redis';
  readonly handOut: 'frozen' | 'copied';
  readonly maxValueBytes: number | undefined;
}

/**
 * Fills in defaults and checks ranges.
 * @throws CacheError CACHE_OPTIONS_INVALID naming every problem.
 */
export function resolvePolicy(name: string, policy: NamespacePolicy): ResolvedPolicy {
  const ttlMs = policy.ttlMs ?? STANDARD_TTL_MS;
  const resolved: ResolvedPolicy = {
    ttlMs,
    graceMs: policy.graceMs ?? 0,
    staleWhileRevalidateMs: policy.staleWhileRevalidateMs ?? 0,
    negativeTtlMs: policy.negativeTtlMs ?? ttlMs,
    softTimeoutMs: policy.softTimeoutMs,
    hardTimeoutMs: policy.hardTimeoutMs ?? 30_000,
    retryAfterMs: policy.retryAfterMs ?? 1_000,
    errorTtlMs: policy.errorTtlMs ?? 0,
    jitterRatio: policy.jitterRatio ?? 0.05,
    earlyRefreshRatio: policy.earlyRefreshRatio ?? 1,
    tags: policy.tags ?? [],
    private: policy.private ?? false,
    tiers: policy.tiers ?? 'both',
    handOut: policy.handOut ?? 'frozen',
    maxValueBytes: policy.maxValueBytes,
  };
  const problems = [
    !/^[\w.-]{1,64}$/.test(name) && 'a name is 1 to 64 letters, digits, dots, dashes or underscores',
    !(resolved.ttlMs > 0) && 'ttlMs must be positive',
    !(resolved.graceMs >= 0) && 'graceMs must not be negative',
    !(resolved.staleWhileRevalidateMs >= 0) && 'staleWhileRevalidateMs must not be negative',
    resolved.staleWhileRevalidateMs > resolved.graceMs && 'staleWhileRevalidateMs must not exceed graceMs',
    !(resolved.negativeTtlMs > 0) && 'negativeTtlMs must be positive',
    resolved.softTimeoutMs !== undefined && !(resolved.softTimeoutMs >= 0) && 'softTimeoutMs must not be negative',
    !(resolved.hardTimeoutMs > 0) && 'hardTimeoutMs must be positive',
    !(resolved.errorTtlMs >= 0) && 'errorTtlMs must not be negative',
    !(resolved.jitterRatio >= 0 && resolved.jitterRatio < 1) && 'jitterRatio must be at least 0 and below 1',
    !(resolved.earlyRefreshRatio >= 0) && 'earlyRefreshRatio must not be negative',
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new CacheError('CACHE_OPTIONS_INVALID', `namespace ${name}: ${problems.join('; ')}`);
  return resolved;
}
