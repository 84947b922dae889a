// What callers notice when Redis dies, hangs, is full, or the channel of announcements is cut.
import { createFaultProxy, type TestRedis } from '@dataguardian/testing';
import { createClient } from 'redis';
import { type Cache, type CacheNamespace, createCache } from '../packages/cache/src/index.ts';
import { quantile, round, summarise } from './cache-measure.ts';

const CALLERS = 16;
const KEYS = 500;
const CUTS = 20;

type Phase = 'healthy' | 'opening' | 'away' | 'after';

/** Kills, freezes and fills a Redis under load. */
export async function measureOutage(redis: TestRedis): Promise<unknown> {
  const command = async (...args: string[]): Promise<void> => {
    const client = await createClient({ url: redis.url }).connect();
    await client.sendCommand(args);
    await client.close();
  };
  const hurts = {
    killed: { hurt: () => redis.kill(), heal: () => redis.restart(), degrades: true },
    hung: { hurt: async () => redis.freeze(), heal: async () => redis.thaw(), degrades: true },
    full: {
      hurt: () => command('CONFIG', 'SET', 'maxmemory', '1'),
      heal: () => command('CONFIG', 'SET', 'maxmemory', '0'),
      degrades: false,
    },
  };
  const outcomes: Record<string, unknown> = {};
  for (const [name, { hurt, heal, degrades }] of Object.entries(hurts)) {
    const cache = createCache({ redisUrl: redis.url, prefix: `outage-${name}` });
    await cache.ready();
    const load = startLoad(cache.namespace<number>('items', { ttlMs: 1_000, graceMs: 60_000 }));
    await pause(2_000);
    load.phase = 'opening';
    const hurtAt = performance.now();
    await hurt();
    if (degrades) await reach(cache, 'degraded');
    const openedMs = performance.now() - hurtAt;
    load.phase = 'away';
    await pause(4_000);
    await heal();
    const healedAt = performance.now();
    await reach(cache, 'up');
    const recoveredMs = performance.now() - healedAt;
    load.phase = 'after';
    await pause(500);
    const { calls, failed, idle } = await load.stop();
    await cache.close();
    outcomes[name] = {
      'failed calls': failed,
      ...(degrades ? { 'ms until degraded': round(openedMs), 'ms until Redis is used again': round(recoveredMs) } : {}),
      'calls a second kept, of healthy': round(calls.away.length / 4 / (calls.healthy.length / 2)),
      'worst call while opening, ms': quantile(calls.opening, 1),
      'p99 while healthy, ms': quantile(calls.healthy, 0.99),
      'p99 while away, ms': quantile(calls.away, 0.99),
      'worst call while away, ms': quantile(calls.away, 1),
      'p99 of a turn of the event loop meanwhile, without any call, ms': quantile(idle.away, 0.99),
    };
  }
  return outcomes;
}

/**
 * Cuts the channel, changes a value meanwhile, lets the channel return: how long the old value is still served then.
 * The source of truth is another cache on the same server.
 */
export async function measureCut(redis: TestRedis): Promise<unknown> {
  const proxy = await createFaultProxy({ port: redis.port });
  const mine = createCache({ redisUrl: `redis://127.0.0.1:${proxy.port}`, prefix: 'cut', offlineLeaseMs: 10_000 });
  const theirs = createCache({ redisUrl: redis.url, prefix: 'cut', commandTimeoutMs: 5_000 });
  await Promise.all([mine.ready(), theirs.ready()]);
  const followed = mine.namespace<number>('items', { ttlMs: 3_600_000 });
  const changed = theirs.namespace<number>('items', { ttlMs: 3_600_000 });
  const rightMs: number[] = [];
  const afterUpMs: number[] = [];
  let wrongAfterUp = 0;
  try {
    for (let cut = 0; cut < CUTS; cut++) {
      await changed.set('key', cut);
      while (followed.peek('key') !== cut) {
        await followed.get('key');
        await pause(1);
      }
      proxy.setFaults({ refuse: true });
      proxy.cut();
      await reach(mine, 'degraded');
      await changed.set('key', cut + 0.5);
      await pause(50 + cut * 10);
      proxy.setFaults({});
      const returnedAt = performance.now();
      await reach(mine, 'up');
      const upAt = performance.now();
      if (followed.peek('key') === cut) wrongAfterUp += 1;
      while ((await followed.get('key')) !== cut + 0.5) await nextTurn();
      rightMs.push(performance.now() - returnedAt);
      afterUpMs.push(performance.now() - upAt);
    }
  } finally {
    await mine.close();
    await theirs.close();
    await proxy.close();
  }
  return {
    cuts: CUTS,
    'ms from the return of the network to the first right answer': summarise(rightMs),
    'ms from the return of the channel to the first right answer': summarise(afterUpMs),
    'old values served after the return of the channel': wrongAfterUp,
  };
}

interface Load {
  phase: Phase;
  stop(): Promise<{
    readonly calls: Readonly<Record<Phase, number[]>>;
    readonly idle: Readonly<Record<Phase, number[]>>;
    readonly failed: number;
  }>;
}

/** Callers that read and write; loads answer at once, so that all of a call's time is the cache's or the machine's. */
function startLoad(items: CacheNamespace<number>): Load {
  const toPhases = (): Record<Phase, number[]> => ({ healthy: [], opening: [], away: [], after: [] });
  const calls = toPhases();
  const idle = toPhases();
  let isRunning = true;
  let failed = 0;
  const caller = async (start: number): Promise<void> => {
    for (let index = start; isRunning; index++) {
      const { phase } = load;
      const startedAt = performance.now();
      try {
        if (index % 10 === 0) await items.set(`key ${index % KEYS}`, index);
        else await items.getOrSet(`key ${index % KEYS}`, () => index);
      } catch {
        failed += 1;
      }
      calls[phase].push(performance.now() - startedAt);
      await pause(1);
    }
  };
  const idler = async (): Promise<void> => {
    while (isRunning) {
      const { phase } = load;
      const startedAt = performance.now();
      await nextTurn();
      idle[phase].push(performance.now() - startedAt);
      await pause(1);
    }
  };
  const load: Load = {
    phase: 'healthy',
    async stop() {
      isRunning = false;
      await running;
      return { calls, idle, failed };
    },
  };
  const running = Promise.all([idler(), ...Array.from({ length: CALLERS }, (_, index) => caller(index * 31))]);
  return load;
}

async function reach(cache: Cache, status: 'up' | 'degraded'): Promise<void> {
  while (cache.health().status !== status) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
