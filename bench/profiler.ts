// npm run bench -- profiler [--only sample,rival,request,in-place,in-loop,in-turns,stall,idle,load,load-spare,collection,rotation,heap]
//   [--turns parts,recording,…] [--turn-pairs 100] [--seconds 8] [--pairs 4] [--controls 4] [--crossovers 3] [--add] [--json FILE]
// What the profiler costs. A sample: fixed work with samples every millisecond against none, thread CPU, divided by the
// samples taken (amplified, because one sample in 25 ms is below any noise). Load: two servers in turns, with
// and without, places changed (bench/profiler-load.ts). In place: what it does, timed where it does it; in a loop: what is
// left without requests; in turns: one running server, of which a part is switched (bench/profiler-toggle.ts). What a
// full collection costs (bench/profiler-collection.ts), idle, rotation pauses (against stopping and starting anew) and heap
// sampling besides.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, medianRange } from './median-range.ts';
import { USUAL_ROWS } from './profiler-answer.ts';
import type { CollectionCost, Promoted } from './profiler-collection.ts';
import type { Crossover } from './profiler-load.ts';
import type { Toggled, TogglePair } from './profiler-toggle.ts';

const ALL = 'sample,rival,request,in-place,in-loop,in-turns,stall,idle,load,load-spare,collection,rotation,heap';
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: ALL },
    turns: { type: 'string' },
    'turn-pairs': { type: 'string', default: '100' },
    seconds: { type: 'string', default: '8' },
    pairs: { type: 'string', default: '4' },
    controls: { type: 'string' },
    crossovers: { type: 'string', default: '3' },
    add: { type: 'boolean', default: false },
    json: { type: 'string', default: fileURLToPath(new URL('./results/profiler.json', import.meta.url)) },
  },
});
const PROCESS = fileURLToPath(new URL('profiler-process.ts', import.meta.url));
const TOGGLE = fileURLToPath(new URL('profiler-toggle.ts', import.meta.url));
const COLLECTION = fileURLToPath(new URL('profiler-collection.ts', import.meta.url));
const LOAD = fileURLToPath(new URL('profiler-load.ts', import.meta.url));

function measure<Result>(measurement: string, variant: string): Result {
  const output = execFileSync(process.execPath, ['--no-warnings', PROCESS, measurement, variant, values.seconds], {
    encoding: 'utf8',
  });
  // The process prints one line of JSON of the type that belongs to the measurement.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Result;
}

const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b);
const quantile = (numbers: readonly number[], ratio: number): number =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * ratio))] ?? Number.NaN;
const medianOf = <Item>(items: readonly Item[], read: (item: Item) => number): number => median(items.map(read));
const meanOf = <Item>(items: readonly Item[], read: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + read(item), 0) / Math.max(1, items.length);
/** Of the mean of these. */
function standardError(numbers: readonly number[]): number {
  const mean = meanOf(numbers, (one) => one);
  const squares = numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
}
const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

interface Work {
  readonly cpuMs: number;
  readonly samples: number;
}

function sampleCost() {
  const rounds = Array.from({ length: 3 }, () => {
    const without = measure<Work>('work', '0');
    const often = measure<Work>('work', '1');
    const usual = measure<Work>('work', '25');
    return { without, often, usual };
  });
  const without = Math.min(...rounds.map((one) => one.without.cpuMs));
  const often = rounds.map((one) => one.often).toSorted((a, b) => a.cpuMs - b.cpuMs)[0] ?? { cpuMs: 0, samples: 1 };
  const usual = Math.min(...rounds.map((one) => one.usual.cpuMs));
  const sampleUs = ((often.cpuMs - without) * 1_000) / Math.max(1, often.samples);
  return {
    withoutMs: round(without),
    sampleUs: round(sampleUs, 1),
    busyRatioAt1Ms: round(often.cpuMs / without - 1, 4),
    busyRatioAt25MsComputed: round(sampleUs / 25_000, 5),
    busyRatioAt25MsMeasured: round(usual / without - 1, 4),
  };
}

function idleCost() {
  const rounds = Array.from({ length: 2 }, () => ({
    off: measure<{ coreRatio: number }>('idle', 'off').coreRatio,
    withoutSamples: measure<{ coreRatio: number }>('idle', 'no-samples').coreRatio,
    defaults: measure<{ coreRatio: number }>('idle', 'defaults').coreRatio,
  }));
  const least = (read: (one: (typeof rounds)[number]) => number): number => round(Math.min(...rounds.map(read)), 5);
  return {
    off: least(({ off }) => off),
    withoutSamples: least(({ withoutSamples }) => withoutSamples),
    defaults: least(({ defaults }) => defaults),
  };
}

/** Pairs of servers with changed places; what earlier runs have found is added to, so that runs of four minutes add up. */
function loadCost(name: string, load: 'busy' | 'spare') {
  const before = values.add ? (result[name]?.crossovers ?? []) : [];
  const found: Crossover[] = [];
  // Controls are spread evenly among the pairs.
  const controlCount = Number(values.controls ?? values.pairs);
  const controlsUntil = (pair: number): number => Math.floor((pair * controlCount) / Number(values.pairs));
  for (let pair = 0; pair < Number(values.pairs); pair++)
    for (const kind of controlsUntil(pair + 1) > controlsUntil(pair) ? ['profiler', 'control'] : ['profiler']) {
      const given = ['--no-warnings', LOAD, kind, load, values.crossovers, values.seconds];
      const output = execFileSync(process.execPath, given, { encoding: 'utf8' });
      // Each line is a crossover of that program.
      for (const line of output.trim().split('\n')) found.push(JSON.parse(line) as Crossover);
    }
  const crossovers = [...before, ...found];
  return { profiler: summarise(crossovers, 'profiler'), control: summarise(crossovers, 'control'), crossovers };
}

function summarise(crossovers: readonly Crossover[], wanted: string) {
  const chosen = crossovers.filter(({ kind }) => kind === wanted);
  const ratios = chosen.map(({ ratio }) => ratio);
  return {
    crossoverCount: chosen.length,
    ratio: round(median(ratios), 4),
    ratioRange: medianRange(ratios).map((one) => round(one, 4)),
    meanRatio: round(
      meanOf(chosen, ({ ratio }) => ratio),
      4,
    ),
    standardError: round(standardError(ratios), 4),
    sumRatio: round(
      medianOf(chosen, ({ sumRatio }) => sumRatio),
      4,
    ),
    threadRatio: round(
      medianOf(chosen, ({ threadRatio }) => threadRatio),
      4,
    ),
    addedUs: round(
      medianOf(chosen, ({ onUs, offUs }) => onUs - offUs),
      1,
    ),
    offUs: round(
      medianOf(chosen, ({ offUs }) => offUs),
      0,
    ),
  };
}

function rotationCost(variant: string) {
  const { pausesMs } = measure<{ pausesMs: number[] }>('rotation', variant);
  return {
    p50Ms: round(median(pausesMs), 2),
    p90Ms: round(quantile(pausesMs, 0.9), 2),
    maxMs: round(quantile(pausesMs, 1), 2),
  };
}

function heapCost() {
  const rounds = Array.from({ length: 3 }, () => ({
    off: measure<{ cpuMs: number }>('heap', 'off').cpuMs,
    usual: measure<{ cpuMs: number }>('heap', String(512 * 1024)).cpuMs,
    suspect: measure<{ cpuMs: number }>('heap', String(256 * 1024)).cpuMs,
    often: measure<{ cpuMs: number }>('heap', String(64 * 1024)).cpuMs,
    most: measure<{ cpuMs: number }>('heap', String(8 * 1024)).cpuMs,
  }));
  const least = (read: (one: (typeof rounds)[number]) => number): number => Math.min(...rounds.map(read));
  const off = least((one) => one.off);
  const often = least((one) => one.often) / off - 1;
  const most = least((one) => one.most) / off - 1;
  // Eight times as many samples at 8 KiB as at 64 KiB: a price for each sample, and one that does not depend on them.
  const perSample = (most - often) / (1 / 8 - 1 / 64);
  const fixed = often - perSample / 64;
  return {
    at512KiB: round(least(({ usual }) => usual) / off - 1, 4),
    at256KiB: round(least(({ suspect }) => suspect) / off - 1, 4),
    at64KiB: round(often, 4),
    at8KiB: round(most, 4),
    at512KiBComputed: round(fixed + perSample / 512, 4),
    at256KiBComputed: round(fixed + perSample / 256, 4),
  };
}

function requestCost() {
  const rounds = Array.from({ length: 3 }, () => ({
    off: measure<{ us: number }>('request', 'off').us,
    on: measure<{ us: number }>('request', 'on').us,
  }));
  const least = (read: (one: (typeof rounds)[number]) => number): number => Math.min(...rounds.map(read));
  return { addedUs: round(least(({ on }) => on) - least(({ off }) => off), 2) };
}

/** What the profiler does for a request and by the clock, timed where it runs in a server under load. */
function inPlaceCost() {
  const { requestUs, cpuUs } = measure<{ requestUs: number; cpuUs: number }>('in-place', '');
  return { requestUs: round(requestUs, 1), cpuUs: round(cpuUs, 0), ratio: round(requestUs / cpuUs, 4) };
}

/** The work of a request in a loop, without requests: what the profiler costs besides them, and of it watching collections. */
function inLoopCost() {
  const cost = (variant: string) => {
    const { pairs } = measure<{
      pairs: readonly { threadRatio: number; processRatio: number; offUs: number }[];
    }>('loop', variant);
    const ratios = pairs.map(({ processRatio }) => processRatio);
    const [least, most] = medianRange(ratios);
    return {
      ratio: round(median(ratios)),
      certainFrom: round(least),
      certainTo: round(most),
      threadRatio: round(medianOf(pairs, ({ threadRatio }) => threadRatio)),
      offUs: round(
        medianOf(pairs, ({ offUs }) => offUs),
        0,
      ),
    };
  };
  return Object.fromEntries(
    ['defaults', 'no-samples', 'collections', 'control'].map((variant) => [variant, cost(variant)]),
  );
}

/** Of a request of a fortieth of a millisecond. */
const TINY_ROWS = 50;
/** Half of the default: while its listener is switched off, which is half of the time, the allowance is saved. */
const DEFAULT_TRACES = 50;
const ALL_TRACES = 1e9;

/** What comes once a second, as traces do where requests are many, falls in one turn of a few: so many pairs are one reading. */
const PAIRS_A_READING = 4;

/** The median of what being on adds, and where it lies with 95% certainty. */
function addedBy(readings: readonly Pick<TogglePair, 'onUs' | 'offUs'>[]) {
  const ratios = readings.map(({ onUs, offUs }) => onUs / offUs - 1);
  const [least, most] = medianRange(ratios);
  return {
    addedUs: round(
      medianOf(readings, ({ onUs, offUs }) => onUs - offUs),
      2,
    ),
    addedRatio: round(median(ratios), 4),
    certainFrom: round(least, 4),
    certainTo: round(most, 4),
  };
}

/** What a part of the profiler costs a running server, by switching it. */
function inTurnsCost() {
  const cost = (what: string, rows: number, tracesPerSecond: number) => {
    const options = JSON.stringify({ mostTracesPerSecond: tracesPerSecond });
    const output = execFileSync(
      process.execPath,
      ['--no-warnings', TOGGLE, what, values['turn-pairs'], String(rows), options],
      { encoding: 'utf8' },
    );
    // The process prints one line of JSON of this type.
    const { pairs, samplerMsPerSecond, requestsPerSecond } = JSON.parse(output) as Toggled;
    const readings = Array.from({ length: Math.floor(pairs.length / PAIRS_A_READING) }, (_, place) => {
      const own = pairs.slice(place * PAIRS_A_READING, (place + 1) * PAIRS_A_READING);
      return { onUs: meanOf(own, ({ onUs }) => onUs), offUs: meanOf(own, ({ offUs }) => offUs) };
    });
    return {
      ...addedBy(readings),
      byPairs: addedBy(pairs),
      offUs: round(
        medianOf(pairs, ({ offUs }) => offUs),
        1,
      ),
      samplerCoreRatio: round(samplerMsPerSecond / 1_000, 4),
      requestsPerSecond: round(requestsPerSecond, 0),
      pairCount: pairs.length,
    };
  };
  const turns: Readonly<Record<string, () => object>> = {
    control: () => cost('control', USUAL_ROWS, DEFAULT_TRACES),
    parts: () => cost('parts', USUAL_ROWS, DEFAULT_TRACES),
    recording: () => cost('recording', USUAL_ROWS, DEFAULT_TRACES),
    requests: () => cost('requests', USUAL_ROWS, DEFAULT_TRACES),
    requestsAllTraced: () => cost('requests', USUAL_ROWS, ALL_TRACES),
    clock: () => cost('clock', USUAL_ROWS, DEFAULT_TRACES),
    collections: () => cost('collections', USUAL_ROWS, DEFAULT_TRACES),
    tinyRequests: () => cost('requests', TINY_ROWS, DEFAULT_TRACES),
    tinyRequestsAllTraced: () => cost('requests', TINY_ROWS, ALL_TRACES),
  };
  const wanted = values.turns?.split(',') ?? Object.keys(turns);
  return { ...result['in-turns'], ...Object.fromEntries(wanted.map((name) => [name, turns[name]?.()])) };
}

const COLLECTION_TURNS = 12;
const PROMOTED_SECONDS = 120;

/** What a full collection costs a busy server, and how much of what it is made for becomes old with the profiler. */
function collectionCost() {
  const run = <Result>(...given: readonly string[]): Result =>
    // The process prints one line of JSON of the type that belongs to what it is asked for.
    JSON.parse(execFileSync(process.execPath, ['--no-warnings', COLLECTION, ...given], { encoding: 'utf8' })) as Result;
  const describe = (milliseconds: readonly number[]) => ({
    meanMs: round(
      meanOf(milliseconds, (one) => one),
      1,
    ),
    standardErrorMs: round(standardError(milliseconds), 1),
    medianMs: round(median(milliseconds), 1),
  });
  const { collectedMs, nothingMs, stopMs } = run<CollectionCost>('cost', String(COLLECTION_TURNS));
  const promoted = (state: 'on' | 'off'): Promoted => run('promoted', state, String(PROMOTED_SECONDS));
  return {
    collected: describe(collectedMs),
    nothing: describe(nothingMs),
    stopMs: describe(stopMs),
    promotedWith: promoted('on'),
    promotedWithout: promoted('off'),
  };
}

function stallCost() {
  const { seenAfterMs } = measure<{ seenAfterMs: number[] }>('stall', '');
  return { p50: round(median(seenAfterMs), 0), max: round(quantile(seenAfterMs, 1), 0) };
}

/** The native profiler that others build on, side by side with ours; absent where it is not installed. */
function rivalCost(withoutMs: number) {
  try {
    const busy = Array.from({ length: 2 }, () => measure<Work>('rival', 'busy')).toSorted((a, b) => a.cpuMs - b.cpuMs);
    const idle = Math.min(
      ...Array.from({ length: 2 }, () => measure<{ coreRatio: number }>('rival', 'idle').coreRatio),
    );
    const [best = { cpuMs: Number.NaN, samples: 1 }] = busy;
    return {
      name: '@datadog/pprof 5.20.0',
      sampleUs: round(((best.cpuMs - withoutMs) * 1_000) / Math.max(1, best.samples), 1),
      idleCoreRatioAt10Ms: round(idle, 5),
    };
  } catch {
    return undefined;
  }
}

const PARTS: Readonly<Record<string, () => object | undefined>> = {
  sample: sampleCost,
  rival: () => rivalCost(measure<Work>('work', '0').cpuMs),
  request: requestCost,
  stall: stallCost,
  idle: idleCost,
  load: () => loadCost('load', 'busy'),
  'load-spare': () => loadCost('load-spare', 'spare'),
  'in-place': inPlaceCost,
  'in-loop': inLoopCost,
  'in-turns': inTurnsCost,
  collection: collectionCost,
  rotation: () => ({ overlapped: rotationCost('overlapped'), stopThenStart: rotationCost('stop-then-start') }),
  heap: heapCost,
};

/** What a part has found; the load keeps what it rests on. */
interface Part {
  readonly crossovers?: readonly Crossover[];
  readonly [figure: string]: unknown;
}

// Written after each part; parts that are not run this time stay, so that runs of four minutes add up.
const result: Record<string, Part> = existsSync(values.json)
  ? // Written by this program.
    (JSON.parse(readFileSync(values.json, 'utf8')) as typeof result)
  : {};
result['machine'] = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
for (const name of values.only.split(',')) {
  const loadBefore = loadavg()[0];
  const found = PARTS[name]?.();
  if (found === undefined) continue;
  result[name] = { ...found, loadBefore, seconds: Number(values.seconds), takenAt: new Date().toISOString() };
  process.stdout.write(`${name} ${JSON.stringify(result[name], null, 2)}\n`);
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
