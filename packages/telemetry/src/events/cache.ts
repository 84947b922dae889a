import { openChannel, type Channel } from '../channel.ts';

/** How a read of the cache ended. `stale` served an expired value within grace. */
export type CacheOutcome = 'hit-memory' | 'hit-redis' | 'stale' | 'miss' | 'bypass';

/** One read through the public face. Keys never travel: only a 32-bit hash of them. */
export interface CacheReadEvent {
  readonly namespace: string;
  readonly outcome: CacheOutcome;
  readonly keyHash: number;
  readonly durationMs: number;
}

/** A load begins, in the turn of the event loop in which it was asked for: who asks is still on the stack. */
export interface CacheLoadStartEvent {
  readonly namespace: string;
}

/** One load of a missing or expired value from its source. */
export interface CacheLoadEvent {
  readonly namespace: string;
  readonly durationMs: number;
  readonly failed: boolean;
  /** Callers that shared this one load, the first included. */
  readonly callerCount: number;
}

export interface CacheWriteEvent {
  readonly namespace: string;
  readonly kind: 'set' | 'delete' | 'invalidate-tags' | 'clear';
  readonly keyCount: number;
  readonly bytes: number;
}

export interface CacheEvictionEvent {
  readonly namespace: string;
  readonly reason: 'size' | 'expired' | 'rejected';
  readonly count: number;
}

/** The Redis tier changed its state. */
export interface CacheTierEvent {
  readonly status: 'up' | 'degraded' | 'absent';
  readonly detail: string;
}

export const cacheReads: Channel<CacheReadEvent> = openChannel('dataguardian:cache.read');
export const cacheLoadStarts: Channel<CacheLoadStartEvent> = openChannel('dataguardian:cache.load-start');
export const cacheLoads: Channel<CacheLoadEvent> = openChannel('dataguardian:cache.load');
export const cacheWrites: Channel<CacheWriteEvent> = openChannel('dataguardian:cache.write');
export const cacheEvictions: Channel<CacheEvictionEvent> = openChannel('dataguardian:cache.eviction');
export const cacheTier: Channel<CacheTierEvent> = openChannel('dataguardian:cache.tier');
