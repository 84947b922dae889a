// npm run bench -- cache [--json FILE] [--only section,section] [--short]
// --short: fewer rounds, sets and requests; all sections take about five minutes together.
// Needs the rivals: npm install inside bench/. CACHE_TRACES: folder of public traces, unpacked.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { redisForTest, type TestRedis } from '@dataguardian/testing';
import { createClient } from 'redis';
import { createCache } from '../packages/cache/src/index.ts';
import { measureCut, measureOutage } from './cache-faults.ts';
import { measureBound } from './cache-bound.ts';
import { measureCodec } from './cache-codec.ts';
import { measureCurve, measureCurveCost } from './cache-curve.ts';
import { measureHitRatio } from './cache-hit-ratio.ts';
import { type Contender, createMemoryContenders, createOurs, createRedisContenders } from './cache-contenders.ts';
import {
  comparePairs,
  interleavePairs,
  interleaveRates,
  measureRate,
  quantile,
  round,
  type Spent,
  summarise,
  summariseSpent,
} from './cache-measure.ts';
import type { Order } from './cache-process.ts';
import { measurePlatform } from './cache-platform.ts';
import { measureRetrieval } from './cache-postgres.ts';
import { measureRoundTrip } from './cache-round-trip.ts';
import { SESSION } from './cache-session.ts';
import { measureWrites } from './cache-writes.ts';

const KEYS = Array.from({ length: 1_000 }, (_, index) => `session:${index}`);

const options = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' }, short: { type: 'boolean', default: false } },
}).values;
const size = { isShort: options.short };
const ROUNDS = options.short ? 3 : 5;
const file = options.json ?? fileURLToPath(new URL('./results/cache.json', import.meta.url));
const wanted = options.only?.split(',');

const sections: Readonly<Record<string, (redis: TestRedis) => Promise<unknown>>> = {
  memory: measureMemory,
  redis: measureRedis,
  batches: measureBatches,
  writes: (redis) => measureWrites(redis, size),
  roundTrip: (redis) => measureRoundTrip(redis, size),
  retrieval: (redis) => measureRetrieval(redis, size),
  platform: (redis) => measurePlatform(redis, size),
  stampede: measureStampede,
  coherence: measureCoherence,
  outage: measureOutage,
  cut: measureCut,
  codec: () => measureCodec(size),
  bound: () => measureBound(size),
  hitRatio: () => measureHitRatio(size),
  curve: async () => measureCurve(size),
  curveCost: () => measureCurveCost(size),
};

// The test servers do not keep a process alive; this does.
const keepAlive = setInterval(() => undefined, 1_000);
const results: Record<string, unknown> = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
  : {};
for (const [name, measure] of Object.entries(sections)) {
  if (wanted !== undefined && !wanted.includes(name)) continue;
  const redis = await redisForTest();
  try {
    console.log(`\n${name} (${redis.kind})`);
    const startedAt = performance.now();
    results[name] = await measure(redis);
    console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s`);
    console.log(JSON.stringify(results[name], undefined, 1));
  } finally {
    await redis.close();
  }
}
results['machine'] = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  measuredAt: new Date().toISOString(),
  command: 'npm run bench -- cache',
  'load average': loadavg(),
  note: 'A shared machine: compare ratios within a section, not absolute numbers.',
};
mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
clearInterval(keepAlive);
process.exit(0);

/** A contender that gives back something else than was stored is not measured. */
async function keepCorrect(contenders: readonly Contender[]): Promise<Contender[]> {
  const correct: Contender[] = [];
  for (const contender of contenders) {
    for (const key of KEYS) await contender.set(key, structuredClone(SESSION));
    const back = await contender.get('session:7');
    if (JSON.stringify(back) === JSON.stringify(SESSION)) correct.push(contender);
    else console.log(`left out, wrong answer: ${contender.name}`);
  }
  return correct;
}

async function measureMemory(): Promise<unknown> {
  const contenders = await keepCorrect(await createMemoryContenders());
  const count = size.isShort ? 100_000 : 300_000;
  const load = async (): Promise<unknown> => SESSION;
  const keyAt = (index: number): string => KEYS[index % KEYS.length] as string;
  const { rates, processorMicroseconds } = await interleaveRates(ROUNDS, {
    ...Object.fromEntries(
      contenders.map((one) => [`get ${one.name}`, () => measureRate(count, 1, (index) => one.get(keyAt(index)))]),
    ),
    ...Object.fromEntries(
      contenders
        .filter(({ getOrSet }) => getOrSet !== undefined)
        .map((one) => [
          `getOrSet ${one.name}`,
          () => measureRate(count, 1, (index) => one.getOrSet?.(keyAt(index), load)),
        ]),
    ),
  });
  for (const contender of contenders) await contender.close();
  const toRatios = (speedOf: (name: string) => number) => {
    const ours = speedOf('getOrSet ours');
    const peers = ['bentocache', 'cacheable', 'cache-manager'].map((name) => speedOf(`getOrSet ${name}`));
    return {
      'getOrSet over lru-cache get': round(ours / speedOf('get lru-cache')),
      'getOrSet over Map': round(ours / speedOf('getOrSet Map')),
      'getOrSet over the fastest peer': round(ours / Math.max(...peers)),
    };
  };
  return {
    rates,
    processorMicroseconds,
    'ratios by the clock': toRatios((name) => rates[name]?.median ?? 0),
    'ratios by processor time': toRatios((name) => 1 / (processorMicroseconds[name]?.median ?? Infinity)),
  };
}

async function measureRedis(redis: TestRedis): Promise<unknown> {
  const contenders = await keepCorrect(await createRedisContenders(redis.url));
  const keyAt = (index: number): string => KEYS[index % KEYS.length] as string;
  const batchAt = (index: number): string[] => Array.from({ length: 100 }, (_, offset) => keyAt(index * 100 + offset));
  const tasks: Record<string, () => Promise<number>> = {};
  for (const one of contenders) {
    tasks[`get, 64 callers: ${one.name}`] = () => measureRate(20_000, 64, (index) => one.get(keyAt(index)));
    tasks[`get, 1 caller: ${one.name}`] = () => measureRate(2_000, 1, (index) => one.get(keyAt(index)));
    tasks[`set, 64 callers: ${one.name}`] = () => measureRate(10_000, 64, (index) => one.set(keyAt(index), SESSION));
    if (one.getMany !== undefined)
      tasks[`keys in batches of 100: ${one.name}`] = async () =>
        (await measureRate(2_000, 1, (index) => one.getMany?.(batchAt(index)))) * 100;
  }
  const raw = createClient({ url: redis.url });
  await raw.connect();
  tasks['keys in batches of 100: node-redis, not parsed'] = async () =>
    (await measureRate(2_000, 1, (index) => raw.mGet(batchAt(index).map((key) => `raw:${key}`)))) * 100;
  // The same texts as those of node-redis above, in and out: what a batch costs beside turning texts into objects.
  const texts = await createOurs('redis', redis.url, 'bt');
  for (const key of KEYS) await texts.set(key, JSON.stringify(SESSION));
  tasks['get, 64 callers: node-redis, not parsed'] = () =>
    measureRate(20_000, 64, (index) => raw.get(`raw:${keyAt(index)}`));
  tasks['get, 64 callers: ours, the same texts'] = () => measureRate(20_000, 64, (index) => texts.get(keyAt(index)));
  tasks['keys in batches of 100: ours, the same texts'] = async () =>
    (await measureRate(2_000, 1, (index) => texts.getMany?.(batchAt(index)))) * 100;
  const { rates, processorMicroseconds } = await interleaveRates(ROUNDS, tasks);
  for (const contender of [...contenders, texts]) await contender.close();
  await raw.close();
  const toRatios = (speedOf: (name: string) => number) =>
    Object.fromEntries([
      ...['get, 64 callers', 'get, 1 caller', 'set, 64 callers', 'keys in batches of 100'].map((what) => [
        `${what}, over node-redis with JSON`,
        round(speedOf(`${what}: ours`) / speedOf(`${what}: node-redis`)),
      ]),
      ...['get, 64 callers', 'keys in batches of 100'].flatMap((what) =>
        ['ours, the same texts', 'ours'].map((name) => [
          `${what}: ${name}, over node-redis without parsing`,
          round(speedOf(`${what}: ${name}`) / speedOf(`${what}: node-redis, not parsed`)),
        ]),
      ),
    ]) as unknown;
  return {
    rates,
    processorMicroseconds,
    'ratios by the clock': toRatios((name) => rates[name]?.median ?? 0),
    'ratios by processor time': toRatios((name) => 1 / (processorMicroseconds[name]?.median ?? Infinity)),
  };
}

/** Batches of 100 keys beside node-redis alone, often enough in turns that a difference of some percent shows. */
async function measureBatches(redis: TestRedis): Promise<unknown> {
  const batchAt = (index: number): string[] =>
    Array.from({ length: 100 }, (_, offset) => KEYS[(index * 100 + offset) % KEYS.length] as string);
  const raw = createClient({ url: redis.url });
  await raw.connect();
  const texts = await createOurs('redis', redis.url, 'bt');
  const objects = await createOurs('redis', redis.url, 'bo');
  for (const key of KEYS) {
    await raw.set(`raw:${key}`, JSON.stringify(SESSION));
    await texts.set(key, JSON.stringify(SESSION));
    await objects.set(key, structuredClone(SESSION));
  }
  const readRaw = (index: number): Promise<(string | null)[]> => raw.mGet(batchAt(index).map((key) => `raw:${key}`));
  const tasks: Readonly<Record<string, (index: number) => Promise<unknown> | undefined>> = {
    'node-redis, texts': readRaw,
    'ours, texts': (index) => texts.getMany?.(batchAt(index)),
    'node-redis, texts again': readRaw,
    'node-redis, JSON.parse': async (index) => (await readRaw(index)).map((text) => JSON.parse(text ?? '') as unknown),
    'ours, objects': (index) => objects.getMany?.(batchAt(index)),
  };
  const spent = await interleavePairs({ passes: size.isShort ? 5 : 20, count: 1_000, callers: 1, perCall: 100 }, tasks);
  for (const { close } of [texts, objects]) await close();
  await raw.close();
  const toRatios = (times: Spent): unknown => ({
    'the same texts, over node-redis MGET': comparePairs(times, 'ours, texts', 'node-redis, texts'),
    'objects, over node-redis MGET and JSON.parse': comparePairs(times, 'ours, objects', 'node-redis, JSON.parse'),
    'node-redis over itself: what the machine adds': comparePairs(
      times,
      'node-redis, texts again',
      'node-redis, texts',
    ),
  });
  return {
    'microseconds a key by the clock': summariseSpent(spent.clock),
    'microseconds a key of processor time': summariseSpent(spent.processor),
    'speed in pairs by the clock': toRatios(spent.clock),
    'speed in pairs by processor time': toRatios(spent.processor),
  };
}

async function startProcesses(redis: TestRedis, count: number) {
  const script = fileURLToPath(new URL('./cache-process.ts', import.meta.url));
  const children = Array.from({ length: count }, () => fork(script, [redis.url], { execArgv: ['--no-warnings'] }));
  await Promise.all(children.map((child) => once(child, 'message')));
  return {
    ask: <Answer>(order: Order): Promise<Answer[]> =>
      Promise.all(
        children.map(async (child) => {
          const answered = once(child, 'message') as Promise<[Answer]>;
          child.send(order);
          return (await answered)[0];
        }),
      ),
    close: () => {
      for (const child of children) child.disconnect();
    },
  };
}

async function measureStampede(redis: TestRedis): Promise<unknown> {
  const cache = createCache();
  const items = cache.namespace<number>('items', { ttlMs: 60_000 });
  let loads = 0;
  await Promise.all(Array.from({ length: 1_000 }, () => items.getOrSet('cold', async () => (loads += 1))));
  await cache.close();
  const processes = await startProcesses(redis, 4);
  const runs: { loads: number; slowestMs: number }[] = [];
  for (let run = 0; run < 10; run++) {
    const answers = await processes.ask<{ loads: number; slowestMs: number }>({
      kind: 'stampede',
      key: `cold ${run}`,
      callers: 250,
      loadMs: 50,
    });
    runs.push({
      loads: answers.reduce((sum, answer) => sum + answer.loads, 0),
      slowestMs: Math.max(...answers.map((answer) => answer.slowestMs)),
    });
  }
  processes.close();
  return {
    'loads for 1,000 callers in one process': loads,
    'loads for 250 callers in each of 4 processes, 10 runs': runs.map((run) => run.loads),
    'slowest caller in ms, load 50 ms': summarise(runs.map((run) => run.slowestMs)),
  };
}

async function measureCoherence(redis: TestRedis): Promise<unknown> {
  const processes = await startProcesses(redis, 1);
  const writer = createCache({ redisUrl: redis.url, prefix: 'bench-many', commandTimeoutMs: 5_000 });
  await writer.ready();
  const items = writer.namespace<number>('items', { ttlMs: 3_600_000 });
  const updates = 1_000;
  const following = processes.ask<[number, number][]>({ kind: 'follow', key: 'shared', until: updates });
  const written = new Map<number, number>();
  for (let value = 0; value <= updates; value++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    written.set(value, performance.timeOrigin + performance.now());
    await items.set('shared', value);
  }
  const [seen = []] = await following;
  processes.close();
  await writer.close();
  const delays = seen
    .filter(([value]) => written.has(value))
    .map(([value, seenAt]) => seenAt - (written.get(value) ?? 0));
  return {
    'updates written': updates + 1,
    'updates seen in the other process': delays.length,
    'ms from before the set to the first read of it elsewhere': {
      p50: quantile(delays, 0.5),
      p99: quantile(delays, 0.99),
      max: quantile(delays, 1),
    },
  };
}
