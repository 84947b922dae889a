import { randomUUID } from 'node:crypto';
import { type Cache, type CacheOptions, createCache } from '@dataguardian/cache';
import { redisForTest, type TestRedis } from '@dataguardian/testing';

/** A Redis of the test's own and as many caches on it as asked for; all end with `close`. */
export interface RedisWorld {
  readonly redis: TestRedis;
  readonly prefix: string;
  /** A further cache, as another process would have it. */
  open(options?: CacheOptions): Promise<Cache>;
  close(): Promise<void>;
}

/** Deadlines for a loaded machine: tests of time-outs set their own. */
const PATIENT = { commandTimeoutMs: 5_000, connectTimeoutMs: 10_000 };

export async function redisWorld(): Promise<RedisWorld> {
  const redis = await redisForTest();
  const prefix = `t-${randomUUID().slice(0, 8)}`;
  const caches: Cache[] = [];
  return {
    redis,
    prefix,
    async open(options = {}) {
      const cache = createCache({ redisUrl: redis.url, prefix, ...PATIENT, ...options });
      caches.push(cache);
      await cache.ready();
      return cache;
    },
    async close() {
      for (const cache of caches.splice(0)) await cache.close();
      await redis.close();
    },
  };
}
