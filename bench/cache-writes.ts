// Writes by 64 callers, ours beside node-redis, each in a process of its own: node-redis leaves a signal and a timer of
// five seconds behind each command, and whoever shares its process pays for them.
// With an address and a name it is such a process; without it is the part of the benchmark that starts them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestRedis } from '@dataguardian/testing';
import { createClient } from 'redis';
import { createOurs } from './cache-contenders.ts';
import { comparePairs, measureRate, type Spent, summariseSpent } from './cache-measure.ts';
import { SESSION } from './cache-session.ts';

const NAMES = ['node-redis', 'ours', 'node-redis again'] as const;
const KEY_COUNT = 1_000;
const CALLERS = 64;
const COUNT = 10_000;
/** Passes that are not measured: what a process that serves has long had compiled. */
const WARM_UP_PASSES = 3;
const EXPIRATION = { type: 'PX', value: 3_600_000 } as const;

/** Microseconds of one write. */
interface Cost {
  readonly clock: number;
  readonly processor: number;
}

const [url, name] = process.argv.slice(2);
if (url !== undefined && process.send !== undefined && NAMES.some((one) => one === name)) await serve(url, name ?? '');

/** Measures one pass for each message. */
async function serve(redisUrl: string, contender: string): Promise<void> {
  const write = contender === 'ours' ? await writeOurs(redisUrl) : await writeRaw(redisUrl, contender);
  process.on('message', () => {
    const before = process.cpuUsage();
    void measureRate(COUNT, CALLERS, (index) => write(String(index % KEY_COUNT))).then((rate) => {
      const { user, system } = process.cpuUsage(before);
      const cost: Cost = { clock: 1_000_000 / rate, processor: (user + system) / COUNT };
      process.send?.(cost);
    });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}

async function writeOurs(redisUrl: string): Promise<(key: string) => unknown> {
  const ours = await createOurs('redis', redisUrl, 'bw');
  return (key) => ours.set(key, SESSION);
}

async function writeRaw(redisUrl: string, prefix: string): Promise<(key: string) => unknown> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  return (key) => client.set(`${prefix}:${key}`, JSON.stringify(SESSION), { expiration: EXPIRATION });
}

/** Ours beside node-redis, and node-redis beside itself. */
export async function measureWrites(redis: TestRedis, { isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const script = fileURLToPath(import.meta.url);
  const children = NAMES.map((one) => ({
    name: one,
    child: fork(script, [redis.url, one], { execArgv: ['--no-warnings'] }),
  }));
  await Promise.all(children.map(({ child }) => once(child, 'message')));
  const clock = new Map<string, number[]>(NAMES.map((one) => [one, []]));
  const processor = new Map<string, number[]>(NAMES.map((one) => [one, []]));
  for (let pass = -WARM_UP_PASSES; pass < (isShort ? 5 : 20); pass++) {
    for (const { name: one, child } of children) {
      const answered = once(child, 'message') as Promise<[Cost]>;
      child.send('pass');
      const [cost] = await answered;
      if (pass < 0) continue;
      clock.get(one)?.push(cost.clock);
      processor.get(one)?.push(cost.processor);
    }
  }
  for (const { child } of children) child.disconnect();
  const toRatios = (spent: Spent): unknown => ({
    'set, over node-redis SET and JSON.stringify': comparePairs(spent, 'ours', 'node-redis'),
    'node-redis over itself: what the machine adds': comparePairs(spent, 'node-redis again', 'node-redis'),
  });
  return {
    'microseconds a set by the clock': summariseSpent(clock),
    'microseconds a set of processor time': summariseSpent(processor),
    'speed in pairs by the clock': toRatios(clock),
    'speed in pairs by processor time': toRatios(processor),
  };
}
