import { cacheTier, type ComponentHealth } from '@dataguardian/telemetry';
import { type CacheAnalyst, MemoryAnalyst } from './analyst/analyst.ts';
import type { Cache, CacheNamespace } from './cache.ts';
import { CacheError } from './errors.ts';
import { HiddenNamespace } from './hidden-namespace.ts';
import { MemoryTier } from './memory/memory-tier.ts';
import type { NamespaceContext } from './namespace-context.ts';
import { TieredNamespace } from './namespace.ts';
import { type CacheOptions, type ResolvedCacheOptions, resolveCacheOptions } from './options.ts';
import { type NamespacePolicy, resolvePolicy } from './policy.ts';
import { RedisTier, type TierListener } from './redis/redis-tier.ts';
import { UNKNOWN_VERSION, TagTable } from './tag-table.ts';
import type { CacheStats, NamespaceStats } from './stats.ts';

const MAX_TAGS = 100_000;

/**
 * Creates a cache. It returns at once and never throws because Redis is away: it connects by itself, and until then
 * and in between it works from memory.
 *
 * @throws CacheError CACHE_OPTIONS_INVALID naming every wrong option.
 * @example
 * const cache = createCache({ redisUrl: 'redis://127.0.0.1:6379' });
 * const reports = cache.namespace<Report>('reports', { ttlMs: 60_000, graceMs: 600_000 });
 * const report = await reports.getOrSet(id, () => buildReport(id));
 */
export function createCache(options: CacheOptions = {}): Cache {
  return new TieredCache(resolveCacheOptions(options));
}

class TieredCache implements Cache {
  private readonly memory: MemoryTier;
  private readonly tags: TagTable;
  private readonly tier: RedisTier | undefined;
  readonly analyst: CacheAnalyst;
  private readonly context: NamespaceContext;
  private readonly namespaces = new Map<string, TieredNamespace<unknown>>();
  /** Private namespaces as callers see them. */
  private readonly faces = new Map<string, CacheNamespace<unknown>>();
  private isClosed = false;

  constructor(options: ResolvedCacheOptions) {
    this.memory = new MemoryTier(
      { maxBytes: options.memoryMaxBytes, maxEntries: options.memoryMaxEntries },
      options.clock,
    );
    const { target } = options;
    const analyst = new MemoryAnalyst({
      clock: options.clock,
      memory: this.memory,
      namespaces: () => this.namespaces.values(),
    });
    this.analyst = analyst;
    this.tags = new TagTable(target === undefined ? 0 : UNKNOWN_VERSION, MAX_TAGS);
    this.tier =
      target === undefined ? undefined : new RedisTier({ ...options, target }, this.tags, this.listenTo(options));
    this.context = {
      clock: options.clock,
      random: options.random,
      memory: this.memory,
      tags: this.tags,
      leaseMs: options.leaseMs,
      coherence: this.tier?.coherence ?? {
        epoch: 0,
        trustMs: Infinity,
        untoldMs: Infinity,
        learnTags: () => undefined,
      },
      onLapse: (namespace, key) => analyst.noteLapse(namespace, key),
      invalidateTags: (names) => this.invalidateTags(names),
    };
  }

  namespace<Value>(name: string, policy: NamespacePolicy = {}): CacheNamespace<Value> {
    if (this.isClosed) throw new CacheError('CACHE_CLOSED', `namespace ${name}`);
    const known = this.faces.get(name) ?? this.namespaces.get(name);
    // The caller states the type of its own namespace; one name means one type.
    if (known !== undefined) return known as unknown as CacheNamespace<Value>;
    const resolved = resolvePolicy(name, policy);
    const isShared = resolved.tiers !== 'memory' && this.tier?.canHold(resolved.private) === true;
    const opened = new TieredNamespace<Value>(name, resolved, {
      context: this.context,
      remote: isShared ? this.tier?.openSpace(name, resolved.private) : undefined,
      space: this.memory.openSpace(name),
    });
    this.namespaces.set(name, opened);
    if (!isShared || !resolved.private || this.tier === undefined) return opened;
    const hidden = new HiddenNamespace<Value>(opened, this.tier.toHider(name));
    this.faces.set(name, hidden);
    return hidden;
  }

  async invalidateTags(names: readonly string[]): Promise<void> {
    if (this.tier !== undefined) return this.tier.invalidateTags(names);
    for (const name of names) {
      const tag = this.tags.get(name);
      tag.version = Number.isNaN(tag.version) ? 1 : tag.version + 1;
    }
  }

  health(): ComponentHealth {
    if (this.tier === undefined) return { status: 'up', detail: 'The cache works in memory; no Redis is configured.' };
    if (this.tier.link.isUp) return { status: 'up', detail: 'The cache works in memory and Redis.' };
    return { status: 'degraded', detail: `Redis is away, memory serves alone: ${this.tier.link.downReason}` };
  }

  stats(): CacheStats {
    const namespaces = [...this.namespaces.values()].map((namespace) => namespace.stats());
    const { maxBytes, maxEntries } = this.memory.limits;
    return {
      namespaces,
      memoryEntries: this.memory.entries,
      memoryBytes: this.memory.bytes,
      memoryMaxBytes: maxBytes,
      memoryMaxEntries: maxEntries,
      evictions: { ...this.memory.evictions },
      redis: this.describeRedis(),
      hitRatio: toHitRatio(namespaces),
    };
  }

  ready(): Promise<void> {
    return this.tier?.link.whenSettled() ?? Promise.resolve();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.memory.close();
    await this.tier?.close();
  }

  private describeRedis(): CacheStats['redis'] {
    if (this.tier === undefined) return { status: 'absent', timeouts: 0, errors: 0 };
    return { status: this.tier.link.isUp ? 'up' : 'degraded', ...this.tier.link.counts };
  }

  private listenTo(options: ResolvedCacheOptions): TierListener {
    return {
      onKeyChanged: (name, key) => this.namespaces.get(name)?.invalidateLocally(key),
      onStatus: (status, detail) => {
        if (this.isClosed) return;
        if (cacheTier.hasSubscribers) cacheTier.publish({ status, detail });
        options.onTierChange?.(status, detail);
      },
    };
  }
}

function toHitRatio(namespaces: readonly NamespaceStats[]): number {
  let hits = 0;
  let misses = 0;
  for (const stats of namespaces) {
    hits += stats.memoryHits + stats.redisHits + stats.staleHits;
    misses += stats.misses;
  }
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}
