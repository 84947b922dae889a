import { type Clock, systemClock } from '@dataguardian/telemetry';
import { CacheError } from './errors.ts';
import type { ClusterOptions, RedisTarget, SentinelOptions } from './redis/redis-target.ts';

/** Keys for what leaves the process encrypted. */
export interface EncryptionOptions {
  /** The key that new records are written with. */
  readonly currentKeyId: string;
  /** 32-byte keys by id; keep a former key until its records have expired. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** Hides key names; keep it over rotations. @defaultValue derived from the first of `keys` */
  readonly nameKey?: Uint8Array;
}

/** How other processes hear of changes: pushed by the server (RESP3), or by messages of our own. */
export type CoherenceMode = 'auto' | 'tracking' | 'bus';

/** What a cache can be told; every field is optional. */
export interface CacheOptions {
  /** `redis://` or `rediss://` address. Absent: memory only, unless one of the next two is there. */
  readonly redisUrl?: string | undefined;
  /** A group of servers under Redis Sentinel, instead of `redisUrl`. */
  readonly redisSentinel?: SentinelOptions | undefined;
  /** A Redis Cluster, instead of `redisUrl`. */
  readonly redisCluster?: ClusterOptions | undefined;
  /** First part of every Redis key; processes that share values share it. @defaultValue 'dg' */
  readonly prefix?: string;
  /** Bound of the memory tier in bytes. @defaultValue 67_108_864 (64 MiB) */
  readonly memoryMaxBytes?: number;
  /** Bound of the memory tier in entries. @defaultValue 200_000 */
  readonly memoryMaxEntries?: number;
  readonly encryption?: EncryptionOptions | undefined;
  readonly clock?: Clock;
  /** A source of numbers in [0, 1) for jitter. @defaultValue Math.random */
  readonly random?: () => number;
  /** How long one command to Redis may take before the caller goes on without it. @defaultValue 50 */
  readonly commandTimeoutMs?: number;
  /** How long a connection attempt may take. @defaultValue 1_000 */
  readonly connectTimeoutMs?: number;
  /** How long a process may keep others from loading the same value; renewed while its load runs. @defaultValue 3_000 */
  readonly leaseMs?: number;
  /** How long memory entries are trusted while the channel that announces changes is down. @defaultValue 10_000 */
  readonly offlineLeaseMs?: number;
  /** @defaultValue 'auto' */
  readonly coherence?: CoherenceMode;
  /** Hears once of each change of the Redis tier, for a log. */
  readonly onTierChange?: (status: 'up' | 'degraded' | 'absent', detail: string) => void;
}

/** Options with every default filled in. */
export interface ResolvedCacheOptions {
  /** Where Redis is; `undefined`: memory only. */
  readonly target: RedisTarget | undefined;
  readonly prefix: string;
  readonly memoryMaxBytes: number;
  readonly memoryMaxEntries: number;
  readonly encryption: EncryptionOptions | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly leaseMs: number;
  readonly offlineLeaseMs: number;
  readonly coherence: CoherenceMode;
  readonly onTierChange: ((status: 'up' | 'degraded' | 'absent', detail: string) => void) | undefined;
}

const KEY_BYTES = 32;

function toTarget({ redisUrl, redisSentinel, redisCluster }: CacheOptions): RedisTarget | undefined {
  if (redisCluster !== undefined) return { kind: 'cluster', ...redisCluster };
  if (redisSentinel !== undefined) return { kind: 'sentinel', ...redisSentinel };
  return redisUrl === undefined || redisUrl === '' ? undefined : { kind: 'server', url: redisUrl };
}

function toTargetProblems({ redisUrl, redisSentinel, redisCluster }: CacheOptions): (string | false)[] {
  const isSet = (one: unknown): boolean => one !== undefined && one !== '';
  const areAddresses = (urls: readonly string[]): boolean => urls.length > 0 && urls.every(isRedisUrl);
  return [
    [redisUrl, redisSentinel, redisCluster].filter(isSet).length > 1 &&
      'redisUrl, redisSentinel and redisCluster exclude each other',
    redisUrl !== undefined && redisUrl !== '' && !URL.canParse(redisUrl) && 'redisUrl is not a URL',
    redisSentinel !== undefined && redisSentinel.masterName === '' && 'redisSentinel.masterName must not be empty',
    redisSentinel !== undefined &&
      !areAddresses(redisSentinel.sentinels) &&
      'redisSentinel.sentinels must be one or more redis:// or rediss:// addresses',
    redisSentinel?.serverUrl !== undefined &&
      !isRedisUrl(redisSentinel.serverUrl) &&
      'redisSentinel.serverUrl must be a redis:// or rediss:// address',
    redisCluster !== undefined &&
      !areAddresses(redisCluster.nodes) &&
      'redisCluster.nodes must be one or more redis:// or rediss:// addresses',
  ];
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\/./.test(text) && URL.canParse(text);
}

/**
 * Fills in defaults and checks ranges.
 * @throws CacheError CACHE_OPTIONS_INVALID naming every problem.
 */
export function resolveCacheOptions(options: CacheOptions): ResolvedCacheOptions {
  const resolved: ResolvedCacheOptions = {
    target: toTarget(options),
    prefix: options.prefix ?? 'dg',
    memoryMaxBytes: options.memoryMaxBytes ?? 64 * 1024 * 1024,
    memoryMaxEntries: options.memoryMaxEntries ?? 200_000,
    encryption: options.encryption,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    commandTimeoutMs: options.commandTimeoutMs ?? 50,
    connectTimeoutMs: options.connectTimeoutMs ?? 1_000,
    leaseMs: options.leaseMs ?? 3_000,
    offlineLeaseMs: options.offlineLeaseMs ?? 10_000,
    coherence: options.coherence ?? 'auto',
    onTierChange: options.onTierChange,
  };
  const { encryption } = resolved;
  const problems = [
    ...toTargetProblems(options),
    !/^[\w.{}-]{1,64}$/.test(resolved.prefix) && 'prefix is 1 to 64 letters, digits, dots, dashes or underscores',
    !(resolved.memoryMaxBytes > 0) && 'memoryMaxBytes must be positive',
    !(resolved.memoryMaxEntries >= 1) && 'memoryMaxEntries must be at least 1',
    !(resolved.commandTimeoutMs > 0) && 'commandTimeoutMs must be positive',
    !(resolved.connectTimeoutMs > 0) && 'connectTimeoutMs must be positive',
    !(resolved.leaseMs >= 100) && 'leaseMs must be at least 100',
    !(resolved.offlineLeaseMs >= 0) && 'offlineLeaseMs must not be negative',
    encryption !== undefined &&
      encryption.keys[encryption.currentKeyId] === undefined &&
      'encryption.keys has no key named by currentKeyId',
    encryption !== undefined &&
      Object.values(encryption.keys).some((key) => key.byteLength !== KEY_BYTES) &&
      `each of encryption.keys must have ${KEY_BYTES} bytes`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new CacheError('CACHE_OPTIONS_INVALID', problems.join('; '));
  return Object.freeze(resolved);
}
