// A cache of its own: memory in front of Redis, one load for many callers. Run: node examples/cache.ts
import { createCache } from '@dataguardian/cache';

const cache = createCache({ redisUrl: process.env['REDIS_URL'] });
const prices = cache.namespace<number>('prices', { ttlMs: 60_000, graceMs: 600_000 });

let loads = 0;
const load = async (): Promise<number> => {
  loads += 1;
  return Promise.resolve(42);
};
const answers = await Promise.all(Array.from({ length: 100 }, () => prices.getOrSet('apples', load)));

console.log(`${answers.length} answers of ${answers[0]}, ${loads} load, health: ${cache.health().status}`);
await cache.close();
