// One running server, of which what the profiler does is switched on and off in turns of a fraction of a second: nothing
// starts anew between them, and both halves are of one process and the same minute. Prints JSON. Arguments: what is
// switched (requests, clock, collections, parts for these three, recording, control), pairs, rows that a request makes,
// options of the profiler as JSON. A recording cannot be passed over: it ends and begins anew, and what follows is not
// measured for a third of a second; nothing else of the profiler is on then.
import { channel } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { createProfiler, type ProfilerOptions } from '../packages/profiler/src/index.ts';
import { resolveProfilerOptions } from '../packages/profiler/src/options.ts';
import { createSampler } from '../packages/profiler/src/sampling/sampler.ts';
import { systemClock } from '../packages/telemetry/src/index.ts';
import { USUAL_ROWS } from './profiler-answer.ts';
import { runUnderLoad, serveRows } from './profiler-route.ts';

/** Processor time of a request in two turns that follow each other. */
export interface TogglePair {
  readonly onUs: number;
  readonly offUs: number;
  /** Of the main thread alone. */
  readonly onThreadUs: number;
  readonly offThreadUs: number;
}

/** What one process shows. */
export interface Toggled {
  readonly pairs: readonly TogglePair[];
  /** Processor time of V8's sampling thread, milliseconds a second. */
  readonly samplerMsPerSecond: number;
  readonly requestsPerSecond: number;
}

const [what = 'control', pairsText = '100', rowsText = String(USUAL_ROWS), optionsText = '{}'] = process.argv.slice(2);
const isOfRecording = what === 'recording';
const TURN_MS = isOfRecording ? 300 : 150;
const SETTLE_MS = isOfRecording ? 300 : 10;
const SAMPLING_US = resolveProfilerOptions().samplingIntervalMs * 1_000;
const WARM_MS = 6_000;
/** Until then the profiler looks at each collection. */
const WARM_COLLECTIONS_MS = 35_000;
const rowCount = Number(rowsText);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let isOn = true;
/** The loop's watch goes on: after a gap it would take the loop for blocked, and have recordings read for that. */
const SHORTEST_SWITCHED_MS = 500;

/** Listeners and callbacks that are passed over while that part is off. */
const gated =
  <Given extends unknown[]>(listener: (...given: Given) => void) =>
  (...given: Given): void => {
    if (isOn) listener(...given);
  };

function gateRequests(): void {
  const started = channel('http.server.request.start');
  // The prototype changes with the first subscriber.
  started.subscribe(() => undefined);
  const { subscribe } = started;
  started.subscribe = (listener) => subscribe.call(started, gated(listener));
}

/** The profiler's observer of collections, to be switched while it wants to hear of them; without any Node does less. */
function holdObservers(): (on: boolean) => void {
  const held = new Set<PerformanceObserver>();
  const { observe, disconnect } = PerformanceObserver.prototype;
  PerformanceObserver.prototype.observe = function (this: PerformanceObserver, options) {
    const isOfCollections = 'entryTypes' in options && options.entryTypes.includes('gc');
    if (isOfCollections) held.add(this);
    if (isOn || !isOfCollections) observe.call(this, options);
  };
  PerformanceObserver.prototype.disconnect = function (this: PerformanceObserver) {
    held.delete(this);
    disconnect.call(this);
  };
  return (on) => {
    for (const observer of held) {
      if (on) observe.call(observer, { entryTypes: ['gc'] });
      else disconnect.call(observer);
    }
  };
}

function samplerMs(): number {
  const ids = readdirSync('/proc/self/task');
  const own = ids.filter((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').startsWith('v8:ProfEvnt'));
  return own.reduce(
    (sum, id) => sum + Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
}

async function serve(opened: (port: number) => void): Promise<void> {
  const isSwitched = (part: string): boolean => what === part || what === 'parts';
  if (isSwitched('requests')) gateRequests();
  const switchObservers = isSwitched('collections') ? holdObservers() : () => undefined;
  const sampler = createSampler();
  const profiler = createProfiler({
    // Written by the parent of this process.
    ...(JSON.parse(optionsText) as ProfilerOptions),
    overheadLimitRatio: 1,
    clock: {
      ...systemClock,
      repeat: (periodMs, callback) =>
        systemClock.repeat(
          periodMs,
          isSwitched('clock') && periodMs >= SHORTEST_SWITCHED_MS ? gated(callback) : callback,
        ),
    },
  });
  if (!isOfRecording) profiler.start();
  const { port, answered } = await serveRows(rowCount);
  opened(port);
  await sleep(isSwitched('collections') ? WARM_COLLECTIONS_MS : WARM_MS);

  const turn = async (on: boolean): Promise<{ us: number; threadUs: number }> => {
    isOn = on;
    switchObservers(on);
    if (isOfRecording && on) sampler.start(SAMPLING_US);
    if (isOfRecording && !on) sampler.stop();
    await sleep(SETTLE_MS);
    const [whole, thread, count] = [process.cpuUsage(), process.threadCpuUsage(), answered()];
    await sleep(TURN_MS);
    const [ofWhole, ofThread] = [process.cpuUsage(whole), process.threadCpuUsage(thread)];
    return {
      us: (ofWhole.user + ofWhole.system) / (answered() - count),
      threadUs: (ofThread.user + ofThread.system) / (answered() - count),
    };
  };
  const pairs: TogglePair[] = [];
  const [begunAt, samplerBefore, answeredBefore] = [performance.now(), samplerMs(), answered()];
  for (let pair = 0; pair < Number(pairsText); pair++) {
    const isOnFirst = pair % 2 === 0;
    const [first, second] = [await turn(isOnFirst), await turn(!isOnFirst)];
    const [on, off] = isOnFirst ? [first, second] : [second, first];
    pairs.push({ onUs: on.us, offUs: off.us, onThreadUs: on.threadUs, offThreadUs: off.threadUs });
  }
  const seconds = (performance.now() - begunAt) / 1_000;
  const toggled: Toggled = {
    pairs,
    samplerMsPerSecond: (samplerMs() - samplerBefore) / seconds,
    requestsPerSecond: (answered() - answeredBefore) / seconds,
  };
  process.stdout.write(`${JSON.stringify(toggled)}\n`);
  process.exit();
}

await runUnderLoad(import.meta.filename, [], serve);
