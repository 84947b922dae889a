// A process of the history checker: it reads through the cache and changes the source, as told by its parent.
import { createCache } from '@dataguardian/cache';
import { createSeededRandom } from '@dataguardian/testing';
import { createClient } from 'redis';
import type { HistoryAnswer, HistoryOrder } from './history.ts';

const [redisUrl = '', sourceUrl = '', prefix = '', commandTimeoutMs = ''] = process.argv.slice(2);
const cache = createCache({
  redisUrl,
  prefix,
  commandTimeoutMs: Number(commandTimeoutMs),
  connectTimeoutMs: 5_000,
});
const items = cache.namespace<number>('items', { ttlMs: 3_600_000 });
const source = createClient({ url: sourceUrl });
await source.connect();
await cache.ready();

const readSource = async (key: string): Promise<number> => Number((await source.get(`source:${key}`)) ?? 0);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Loads slowly: the source is read first, so that a change made meanwhile makes the outcome old. */
const load = (key: string, delayMs: number) => async (): Promise<number> => {
  const value = await readSource(key);
  await pause(delayMs);
  return value;
};

async function disturb(order: Extract<HistoryOrder, { kind: 'disturb' }>): Promise<void> {
  const random = createSeededRandom(order.seed);
  await Promise.all(
    order.keys.map(async (key) => {
      const tags = [`tag of ${key}`];
      const reads = Array.from({ length: random.integer(1, 3) }, async () => {
        await pause(random.integer(0, 6));
        await items.getOrSet(key, load(key, random.integer(0, 8)), { tags });
      });
      const change = async (): Promise<void> => {
        await pause(random.integer(0, 10));
        await source.incr(`source:${key}`);
        await (random.next() < 0.5 ? items.delete(key) : cache.invalidateTags(tags));
      };
      await Promise.all([...reads, ...(random.next() < 0.6 ? [change()] : [])]);
    }),
  );
}

async function findOld(keys: readonly string[]): Promise<string[]> {
  const old: string[] = [];
  for (const key of keys) {
    const cached = await items.get(key);
    if (cached !== undefined && cached !== (await readSource(key))) old.push(key);
  }
  return old;
}

process.on('message', (order: HistoryOrder) => {
  const work = async (): Promise<HistoryAnswer> => {
    if (order.kind === 'disturb') {
      await disturb(order);
      return { old: [], status: cache.health().status };
    }
    return { old: await findOld(order.keys), status: cache.health().status };
  };
  work().then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ old: [], status: 'down', error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ old: [], status: cache.health().status });
