// Does one measurement in a process of its own and prints it as JSON: bench/profiler.ts starts it.
import { AsyncResource } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Session } from 'node:inspector';
import { Socket, type AddressInfo } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createProfiler } from '../packages/profiler/src/index.ts';
import { systemClock } from '../packages/telemetry/src/index.ts';
import { makeAnswer, USUAL_ROWS } from './profiler-answer.ts';

const [measurement = '', variant = '', secondsText = '3'] = process.argv.slice(2);
const seconds = Number(secondsText);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const print = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Work 25 calls deep, so that a sample has as much to read as in a server. */
function deep(depth: number, count: number): number {
  if (depth > 0) return deep(depth - 1, count) + 1;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += Math.sqrt(index);
  return sum;
}

/** Thread CPU of fixed work; the least of the blocks is the one that others disturbed least. */
async function cpuOfWork(): Promise<{ cpuMs: number; samples: number }> {
  let best = { cpuMs: Number.POSITIVE_INFINITY, samples: 0 };
  const intervalMs = Number(variant);
  const profiler =
    intervalMs > 0 ? createProfiler({ samplingIntervalMs: intervalMs, overheadLimitRatio: 1 }) : undefined;
  profiler?.start();
  await sleep(200);
  for (let block = 0; block < 10; block++) {
    profiler?.samples();
    const samplesBefore = profiler?.overhead().sampleCount ?? 0;
    const before = threadCpuMs();
    for (let turn = 0; turn < 800; turn++) deep(25, 200_000);
    const cpuMs = threadCpuMs() - before;
    // What was sampled meanwhile is folded now, outside of the measured time: folding is measured apart.
    profiler?.samples();
    const samples = (profiler?.overhead().sampleCount ?? 0) - samplesBefore;
    if (cpuMs < best.cpuMs) best = { cpuMs, samples };
    await sleep(20);
  }
  profiler?.stop();
  return best;
}

async function idle(): Promise<object> {
  const profiler =
    variant === 'off' ? undefined : createProfiler(variant === 'no-samples' ? { samplingIntervalMs: 0 } : {});
  profiler?.start();
  // Its five idle seconds, after which it rests, and the start before them.
  await sleep(8_000);
  const before = process.cpuUsage();
  const begunAt = performance.now();
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return { coreRatio: (user + system) / 1_000 / (performance.now() - begunAt) };
}

const LOOP_PAIRS = 40;

async function underLoad(work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => {
    setImmediate(() => {
      const body = makeAnswer(USUAL_ROWS);
      response.setHeader('content-type', 'application/json');
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await work((server.address() as AddressInfo).port);
  server.closeAllConnections();
  server.close();
}

/** A load from a thread of its own, so that only the server's thread is measured. */
function startLoad(port: number): { readonly answered: () => number; stop(): Promise<unknown> } {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { port, shared } } = require('node:worker_threads');
     const http = require('node:http');
     const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
     const one = () => http.get({ host: '127.0.0.1', port, path: '/rows', agent }, (answer) => {
       answer.resume();
       answer.once('end', () => { Atomics.add(shared, 0, 1); one(); });
     }).once('error', () => setTimeout(one, 10));
     for (let client = 0; client < 8; client++) one();`,
    { eval: true, workerData: { port, shared } },
  );
  return { answered: () => Atomics.load(shared, 0), stop: () => worker.terminate() };
}

/**
 * What the profiler does, timed where it does it: when a request begins and ends, and by the clock. A loop of nothing but
 * requests keeps the processor's caches warm and makes them several times as cheap as in a server that also works.
 */
async function inPlace(): Promise<object> {
  const spent: Record<string, number[]> = {};
  const run = (name: string, work: (...given: unknown[]) => void, self: unknown, given: readonly unknown[]): void => {
    const begunAt = performance.now();
    Reflect.apply(work, self, given);
    (spent[name] ??= []).push((performance.now() - begunAt) * 1_000);
  };
  const started = channel('http.server.request.start');
  // The prototype changes with the first subscriber.
  started.subscribe(() => undefined);
  const { subscribe } = started;
  started.subscribe = (listener) =>
    subscribe.call(started, (message, name) => run('start', listener as () => void, undefined, [message, name]));
  const { on } = ServerResponse.prototype;
  // One of its overloads fits each event.
  ServerResponse.prototype.on = function (this: ServerResponse, name: string, listener: (error: Error) => void) {
    if (name !== 'close' || listener.name !== 'onClose') return on.call(this, name, listener);
    return on.call(this, name, function (this: ServerResponse) {
      run('close', listener as () => void, this, []);
    });
  } as typeof on;
  const repeat = systemClock.repeat.bind(systemClock);
  const profiler = createProfiler({
    clock: {
      ...systemClock,
      repeat(periodMs, callback) {
        return repeat(periodMs, () => run(String(periodMs), callback, undefined, []));
      },
    },
  });
  let result = {};
  await underLoad(async (port) => {
    profiler.start();
    const load = startLoad(port);
    await sleep(4_000);
    for (const times of Object.values(spent)) times.length = 0;
    const before = threadCpuMs();
    await sleep(seconds * 1_000);
    const cpuMs = threadCpuMs() - before;
    const requestCount = spent['close']?.length ?? 1;
    // The longest fiftieth was interrupted by others, or collected.
    const sumOf = (times: readonly number[]): number => {
      const kept = times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length * 0.98));
      return (kept.reduce((sum, us) => sum + us, 0) / kept.length) * times.length;
    };
    const spentUs = Object.values(spent).reduce((sum, times) => sum + (times.length === 0 ? 0 : sumOf(times)), 0);
    result = { requestUs: spentUs / requestCount, cpuUs: (cpuMs * 1_000) / requestCount };
    await load.stop();
  });
  profiler.stop();
  return result;
}

/** How long the loop stands still when one recording ends and the next begins. */
async function rotation(): Promise<object> {
  const pausesMs: number[] = [];
  await underLoad(async (port) => {
    const load = startLoad(port);
    await sleep(1_000);
    if (variant === 'overlapped') {
      const profiler = createProfiler({ overheadLimitRatio: 1, samplingIntervalMs: 10 });
      profiler.start();
      for (let turn = 0; turn < 30; turn++) {
        await sleep(300);
        profiler.samples({ from: Number.MAX_SAFE_INTEGER });
      }
      pausesMs.push(...profiler.overhead().rotationPausesMs);
      profiler.stop();
    } else {
      const session = new Session();
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: 10_000 });
      session.post('Profiler.start');
      for (let turn = 0; turn < 30; turn++) {
        await sleep(300);
        const begunAt = performance.now();
        session.post('Profiler.stop', () => undefined);
        session.post('Profiler.start');
        pausesMs.push(performance.now() - begunAt);
      }
      session.disconnect();
    }
    await load.stop();
  });
  return { pausesMs };
}

/** Thread CPU of work that allocates as much as it can, with and without heap sampling. */
async function heap(): Promise<object> {
  const session = new Session();
  session.connect();
  if (variant !== 'off') session.post('HeapProfiler.startSampling', { samplingInterval: Number(variant) });
  let least = Number.POSITIVE_INFINITY;
  const kept: object[][] = [];
  for (let block = 0; block < 12; block++) {
    const before = threadCpuMs();
    for (let turn = 0; turn < 60; turn++) {
      kept[turn % 10] = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id % 100}`, tags: [id] }));
    }
    least = Math.min(least, threadCpuMs() - before);
    await sleep(10);
  }
  session.disconnect();
  return { cpuMs: least };
}

/**
 * What a request without spans pays for its trace and events, thread CPU: Node's own channel and the end of the answer,
 * as a server makes them, 5,000 times a block, without a network between.
 */
async function request(): Promise<object> {
  const profiler = createProfiler({ samplingIntervalMs: 0 });
  if (variant !== 'off') profiler.start();
  const started = channel('http.server.request.start');
  const server = {};
  const socket = new Socket();
  const one = (): void => {
    const incoming = new IncomingMessage(socket);
    incoming.url = '/orders/17?x=1';
    incoming.method = 'GET';
    const response = new ServerResponse(incoming);
    response.setHeader('content-type', 'application/json');
    new AsyncResource('request').runInAsyncScope(() => {
      if (started.hasSubscribers) started.publish({ request: incoming, response, socket, server });
      response.emit('close');
    });
  };
  let leastUs = Number.POSITIVE_INFINITY;
  for (let block = 0; block < 40; block++) {
    const before = threadCpuMs();
    for (let turn = 0; turn < 5_000; turn++) one();
    leastUs = Math.min(leastUs, ((threadCpuMs() - before) * 1_000) / 5_000);
    await sleep(5);
  }
  profiler.stop();
  return { us: leastUs };
}

/** How long after a block of 100 ms its stack can be read, at moments spread over a recording of three seconds. */
async function stallSeen(): Promise<object> {
  const profiler = createProfiler();
  profiler.start();
  await sleep(2_000);
  const seenAfterMs: number[] = [];
  for (let round = 0; round < 8; round++) {
    await sleep(round * 400);
    const before = profiler.stalls().length;
    const until = performance.now() + 100;
    while (performance.now() < until) Math.sqrt(until);
    const endedAt = performance.now();
    while (performance.now() - endedAt < 10_000 && (profiler.stalls()[before]?.stack.length ?? 0) === 0)
      await sleep(20);
    seenAfterMs.push(performance.now() - endedAt);
  }
  profiler.stop();
  return { seenAfterMs };
}

/** What is used of the rival, which only `bench/` installs. */
interface NativeProfiler {
  readonly time: {
    start(options: { readonly intervalMicros: number; readonly durationMillis: number }): void;
    stop(restart: boolean): { readonly sample: readonly { readonly value: readonly (number | bigint)[] }[] };
  };
}

const RIVAL: string = '@datadog/pprof';

/** A native profiler in the same places: busy at 1 ms (amplified) and idle at 10 ms, its default. */
async function rival(): Promise<object> {
  const { time } = (await import(RIVAL)) as NativeProfiler;
  const [kind] = variant.split(' ');
  if (kind === 'idle') {
    time.start({ intervalMicros: 10_000, durationMillis: 60_000 });
    await sleep(1_500);
    const before = process.cpuUsage();
    const begunAt = performance.now();
    await sleep(seconds * 1_000);
    const { user, system } = process.cpuUsage(before);
    const coreRatio = (user + system) / 1_000 / (performance.now() - begunAt);
    time.stop(false);
    return { coreRatio };
  }
  let best = { cpuMs: Number.POSITIVE_INFINITY, samples: 0 };
  for (let block = 0; block < 10; block++) {
    time.start({ intervalMicros: 1_000, durationMillis: 60_000 });
    const before = threadCpuMs();
    for (let turn = 0; turn < 800; turn++) deep(25, 200_000);
    const cpuMs = threadCpuMs() - before;
    const { sample } = time.stop(false);
    const samples = sample.reduce((sum, { value }) => sum + Number(value[0]), 0);
    if (cpuMs < best.cpuMs) best = { cpuMs, samples };
    await sleep(20);
  }
  return best;
}

/** What is turned on and off in the loop: the profiler, or one thing that it does, or nothing. */
const TOGGLES: Readonly<Record<string, () => { start(): void; stop(): void }>> = {
  defaults: () => createProfiler({ overheadLimitRatio: 1 }),
  'no-samples': () => createProfiler({ samplingIntervalMs: 0 }),
  collections: () => {
    let observers: PerformanceObserver[] = [];
    return {
      start() {
        // As many as the profiler has.
        observers = Array.from({ length: 2 }, () => new PerformanceObserver((list) => void list.getEntries().length));
        for (const observer of observers) observer.observe({ entryTypes: ['gc'] });
      },
      stop() {
        for (const observer of observers) observer.disconnect();
      },
    };
  },
  control: () => ({ start: () => undefined, stop: () => undefined }),
};

/** The work of a request again and again, in this process alone, with and without in turns. */
async function inLoop(): Promise<object> {
  const toggled = TOGGLES[variant]?.();
  if (toggled === undefined) throw new Error(`${variant} is nothing to turn on`);
  let written = 0;
  const turns = async (ms: number): Promise<{ threadUs: number; processUs: number }> => {
    const startedAt = performance.now();
    const thread = process.threadCpuUsage();
    const whole = process.cpuUsage();
    let count = 0;
    while (performance.now() - startedAt < ms) {
      written += makeAnswer(USUAL_ROWS).length;
      count += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [ofThread, ofProcess] = [process.threadCpuUsage(thread), process.cpuUsage(whole)];
    return {
      threadUs: (ofThread.user + ofThread.system) / count,
      processUs: (ofProcess.user + ofProcess.system) / count,
    };
  };
  await turns(3_000);
  // The first start of a process reads all functions, once.
  toggled.start();
  await turns(2_000);
  toggled.stop();
  await turns(1_000);
  const pairs: { threadRatio: number; processRatio: number; offUs: number }[] = [];
  for (let pair = 0; pair < LOOP_PAIRS; pair++) {
    const period = async (isOn: boolean) => {
      if (isOn) toggled.start();
      else toggled.stop();
      await turns(150);
      return turns(400);
    };
    const isOnFirst = pair % 2 === 0;
    const [first, second] = [await period(isOnFirst), await period(!isOnFirst)];
    const [on, off] = isOnFirst ? [first, second] : [second, first];
    pairs.push({
      threadRatio: on.threadUs / off.threadUs,
      processRatio: on.processUs / off.processUs,
      offUs: off.threadUs,
    });
  }
  toggled.stop();
  return { pairs, written };
}

const measurements: Readonly<Record<string, () => Promise<object>>> = {
  work: cpuOfWork,
  loop: inLoop,
  idle,
  'in-place': inPlace,
  rotation,
  heap,
  request,
  rival,
  stall: stallSeen,
};
print((await measurements[measurement]?.()) ?? {});
process.exit();
