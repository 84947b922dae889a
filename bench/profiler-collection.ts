// What full collections have to do with a busy server, one with four clients. Prints JSON. Arguments: `cost` and turns, or
// `promoted`, whether the profiler is `on` or `off`, and seconds.
// Cost: V8 throws compiled code away after a full collection. Every other turn begins with one, asked for as the profiler asks;
// counted is by how much more the processor was used in the ten seconds after it than as many requests took in the eight
// seconds before. Promoted: how much becomes old, which is what the engine collects for by itself.
import { createProfiler } from '../packages/profiler/src/index.ts';
import { createFullCollection } from '../packages/profiler/src/memory/full-collection.ts';
import { engineHeap } from '../packages/profiler/src/memory/heap-gauge.ts';
import { USUAL_ROWS } from './profiler-answer.ts';
import { runUnderLoad, serveRows } from './profiler-route.ts';
import { YOUNG_FLAGS } from './profiler-young.ts';

/** Processor time beyond the usual, in milliseconds, of each turn. */
export interface CollectionCost {
  readonly collectedMs: readonly number[];
  readonly nothingMs: readonly number[];
  /** For how long the loop stood still. */
  readonly stopMs: readonly number[];
}

/** What became old while a server was busy. */
export interface Promoted {
  readonly bytesPerSecond: number;
  readonly fullCollections: number;
  readonly requestsPerSecond: number;
}

const [what = 'cost', ...given] = process.argv.slice(2);
/** The profiler's start is over, and it looks at one window of collections in sixteen. */
const WARM_MS = 40_000;
const BEFORE_MS = 8_000;
const AFTER_MS = 10_000;
const LOOK_MS = 250;
/** Less is what buffers and tables give back. */
const COLLECTED_BYTES = 256 * 1024;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function serve(opened: (port: number) => void): Promise<void> {
  if (what === 'promoted' && given[0] === 'on') createProfiler().start();
  const { port, answered } = await serveRows(USUAL_ROWS);
  opened(port);
  await sleep(WARM_MS);

  const found = what === 'cost' ? await costOf(answered) : await promotedBy(answered);
  process.stdout.write(`${JSON.stringify(found)}\n`);
  process.exit();
}

async function costOf(answered: () => number): Promise<CollectionCost> {
  const collect = createFullCollection();
  const stopMs: number[] = [];
  const collectOnce = (): Promise<void> =>
    new Promise((resolve) => {
      const askedAt = performance.now();
      collect(() => {
        stopMs.push(performance.now() - askedAt);
        resolve();
      });
    });
  /** Processor time and requests of that long. */
  const count = async (work: () => Promise<void>, forMs: number): Promise<{ ms: number; requests: number }> => {
    const [cpu, before] = [process.cpuUsage(), answered()];
    await work();
    await sleep(forMs);
    const { user, system } = process.cpuUsage(cpu);
    return { ms: (user + system) / 1_000, requests: answered() - before };
  };
  const turn = async (work: () => Promise<void>): Promise<number> => {
    const usual = await count(() => Promise.resolve(), BEFORE_MS);
    const after = await count(work, AFTER_MS);
    return after.ms - (usual.ms / usual.requests) * after.requests;
  };
  const collectedMs: number[] = [];
  const nothingMs: number[] = [];
  for (let pair = 0; pair < Number(given[0]); pair++) {
    nothingMs.push(await turn(() => Promise.resolve()));
    collectedMs.push(await turn(collectOnce));
  }
  return { collectedMs, nothingMs, stopMs };
}

async function promotedBy(answered: () => number): Promise<Promoted> {
  const [before, seconds] = [answered(), Number(given[1])];
  const until = performance.now() + seconds * 1_000;
  let [grown, fullCollections, latest] = [0, 0, engineHeap.oldBytes()];
  while (performance.now() < until) {
    await sleep(LOOK_MS);
    const now = engineHeap.oldBytes();
    if (now + COLLECTED_BYTES < latest) fullCollections += 1;
    else grown += now - latest;
    latest = now;
  }
  return {
    bytesPerSecond: grown / seconds,
    fullCollections,
    requestsPerSecond: (answered() - before) / seconds,
  };
}

await runUnderLoad(import.meta.filename, YOUNG_FLAGS, serve);
