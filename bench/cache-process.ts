// A process of the stampede and coherence benches, told by its parent what to do.
import { createCache } from '../packages/cache/src/index.ts';

const [redisUrl = ''] = process.argv.slice(2);
const cache = createCache({ redisUrl, prefix: 'bench-many', commandTimeoutMs: 5_000 });
const items = cache.namespace<number>('items', { ttlMs: 3_600_000 });
await cache.ready();

/** What the parent asks for. */
export type Order =
  | { readonly kind: 'stampede'; readonly key: string; readonly callers: number; readonly loadMs: number }
  | { readonly kind: 'follow'; readonly key: string; readonly until: number };

process.on('message', (order: Order) => void work(order).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function work(order: Order): Promise<unknown> {
  if (order.kind === 'follow') return follow(order.key, order.until);
  let loads = 0;
  const waits: number[] = [];
  const load = async (): Promise<number> => {
    loads += 1;
    await new Promise((resolve) => setTimeout(resolve, order.loadMs));
    return 1;
  };
  await Promise.all(
    Array.from({ length: order.callers }, async () => {
      const startedAt = performance.now();
      await items.getOrSet(order.key, load);
      waits.push(performance.now() - startedAt);
    }),
  );
  return { loads, slowestMs: Math.max(...waits) };
}

/** Reads without pause and notes when each value was first seen, on the machine's clock. */
async function follow(key: string, last: number): Promise<[value: number, seenAt: number][]> {
  const seen: [number, number][] = [];
  let known = -1;
  for (;;) {
    const value = (await items.get(key)) ?? -1;
    if (value !== known) {
      seen.push([value, performance.timeOrigin + performance.now()]);
      known = value;
    }
    if (known >= last) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
