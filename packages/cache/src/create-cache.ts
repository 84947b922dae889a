import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Cache, CacheNamespace } from './cache.ts';
import { CacheError } from './errors.ts';
import { MemoryTier } from './memory/memory-tier.ts';
import type { NamespaceContext } from './namespace-context.ts';
import { TieredNamespace } from './namespace.ts';
import { type CacheOptions, resolveCacheOptions } from './options.ts';
import { type NamespacePolicy, resolvePolicy } from './policy.ts';
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
  private readonly context: NamespaceContext;
  private readonly namespaces = new Map<string, TieredNamespace<unknown>>();
  private isClosed = false;

  constructor(options: ReturnType<typeof resolveCacheOptions>) {
    this.memory = new MemoryTier(
      { maxBytes: options.memoryMaxBytes, maxEntries: options.memoryMaxEntries },
      options.clock,
    );
    this.tags = new TagTable(0, MAX_TAGS);
    this.context = {
      clock: options.clock,
      random: options.random,
      memory: this.memory,
      tags: this.tags,
      leaseMs: options.leaseMs,
      coherence: { epoch: 0, trustMs: Infinity, learnTags: () => undefined },
      invalidateTags: (names) => this.invalidateTags(names),
    };
  }

  namespace<Value>(name: string, policy: NamespacePolicy): CacheNamespace<Value> {
    if (this.isClosed) throw new CacheError('CACHE_CLOSED', `namespace ${name}`);
    const known = this.namespaces.get(name);
    // The caller states the type of its own namespace; one name means one type.
    if (known !== undefined) return known as unknown as CacheNamespace<Value>;
    const space = this.memory.openSpace(name);
    const opened = new TieredNamespace<Value>(name, resolvePolicy(name, policy), {
      context: this.context,
      remote: undefined,
      space,
    });
    this.namespaces.set(name, opened);
    return opened;
  }

  async invalidateTags(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const tag = this.tags.get(name);
      if (tag.version !== UNKNOWN_VERSION) tag.version += 1;
    }
  }

  health(): ComponentHealth {
    return { status: 'up', detail: 'The cache works in memory; no Redis is configured.' };
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
      redis: { status: 'absent', timeouts: 0, errors: 0 },
      hitRatio: toHitRatio(namespaces),
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.memory.close();
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
