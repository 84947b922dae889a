import { createCache } from '@dataguardian/cache';

const cache = createCache();
const numbers = cache.namespace('numbers', { ttlMs: 60_000 });
let loads = 0;
const load = async () => (loads += 1);
const answers = [await numbers.getOrSet('a', load), await numbers.getOrSet('a', load)];
await cache.close();
process.stdout.write(JSON.stringify({ answers, loads }));
