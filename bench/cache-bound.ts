// How much memory a bounded tier takes, and for how long it holds up the event loop. Runs itself in processes of their
// own, so that nothing else is on their heaps.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createCache } from '../packages/cache/src/index.ts';
import { quantile, round } from './cache-measure.ts';

const MEGABYTE = 1024 * 1024;
const BOUND_BYTES = 64 * MEGABYTE;
const SETS_PER_TURN = 100;
/** Enough to fill the bound with the smallest values. */
const MIN_SETS = 150_000;

/** Values of several shapes, each its own object, with texts as parsers make them. */
const SHAPES: Readonly<Record<string, { readonly sets: number; readonly make: (index: number) => unknown }>> = {
  'texts of 150 characters': {
    sets: Number(process.env['CACHE_BOUND_SETS'] ?? 10_000_000),
    make: (index) => `value ${index} `.repeat(10),
  },
  'small records': {
    sets: 1_000_000,
    make: (index) => ({ id: index, name: `finding ${index}`, kind: 'EMAIL', score: index / 7, isTriaged: false }),
  },
  'pages of 20 findings': {
    sets: 100_000,
    make: (index) =>
      Array.from({ length: 20 }, (_, row) => ({
        id: `${index}-${row}-7aa0-b5ad-9f5a0c6d1e11`,
        type: 'IBAN',
        path: `share/finance/${index}/file-${row}.docx`,
        line: index + row,
        confidence: row / 21,
      })),
  },
  'lists of 200 numbers': { sets: 100_000, make: (index) => Array.from({ length: 200 }, (_, row) => index * row) },
};

/** What the platform's launcher starts Node with on machines of up to four cores (scripts/engine-flags.mjs). */
const POOL_FLAG = `--v8-pool-size=${Math.max(1, availableParallelism() - 1)}`;

interface Target {
  set(key: string, value: unknown): unknown;
  close(): Promise<{ readonly entries: number; readonly bytes: number }>;
}

/**
 * A process for each shape and each way, one after the other: Node as it is, Node as the platform starts it, and a plain
 * Map that drops the oldest of as many values in place of the cache, which shows what the engine takes in any case.
 */
export async function measureBound({ isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const outcome: Record<string, unknown> = {};
  const run = async (shape: string, flags: readonly string[], mapEntries: number): Promise<{ entries: number }> => {
    const child = fork(fileURLToPath(import.meta.url), [shape, isShort ? '0.1' : '1', String(mapEntries)], {
      execArgv: ['--no-warnings', '--expose-gc', ...flags],
    });
    const [answer] = (await once(child, 'message')) as [{ entries: number }];
    return answer;
  };
  for (const shape of Object.keys(SHAPES)) {
    const plain = await run(shape, [], 0);
    outcome[shape] = plain;
    outcome[`${shape}, ${POOL_FLAG}`] = await run(shape, [POOL_FLAG], 0);
    outcome[`${shape}, a plain Map instead`] = await run(shape, [], plain.entries);
  }
  return outcome;
}

function openCache(): Target {
  const cache = createCache({ memoryMaxBytes: BOUND_BYTES, memoryMaxEntries: 10_000_000 });
  const items = cache.namespace<unknown>('items', { ttlMs: 3_600_000 });
  return {
    set: (key, value) => items.set(key, value),
    close: async () => {
      const { memoryEntries: entries, memoryBytes: bytes } = cache.stats();
      await cache.close();
      return { entries, bytes };
    },
  };
}

function openMap(maxEntries: number): Target {
  const map = new Map<string, unknown>();
  const keys: string[] = [];
  let next = 0;
  return {
    set: (key, value) => {
      map.set(key, value);
      const oldest = keys[next];
      if (oldest !== undefined) map.delete(oldest);
      keys[next] = key;
      next = (next + 1) % maxEntries;
    },
    close: async () => ({ entries: map.size, bytes: 0 }),
  };
}

/** @param mapEntries 0 for the cache; otherwise how many values a plain Map keeps in its place. */
async function fill(name: string, share: number, mapEntries: number): Promise<unknown> {
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`${name} is no shape`);
  const sets = Math.min(shape.sets, Math.max(MIN_SETS, shape.sets * share));
  const pauses: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  const before = collect();
  const items = mapEntries === 0 ? openCache() : openMap(mapEntries);
  const turns: number[] = [];
  const work: number[] = [];
  const served: number[] = [];
  const waitedMs = watchWaits();
  for (let index = 0; index < sets; index += SETS_PER_TURN) {
    const values = parse(Array.from({ length: SETS_PER_TURN }, (_, offset) => shape.make(index + offset)));
    const waitedBefore = waitedMs();
    const cpuBefore = process.threadCpuUsage();
    const startedAt = performance.now();
    for (let offset = 0; offset < SETS_PER_TURN; offset++) void items.set(`item ${index + offset}`, values[offset]);
    await new Promise((resolve) => setImmediate(resolve));
    const turnMs = performance.now() - startedAt;
    turns.push(turnMs);
    const cpu = process.threadCpuUsage(cpuBefore);
    served.push(turnMs - (waitedMs() - waitedBefore));
    work.push((cpu.user + cpu.system) / 1_000);
  }
  const used = collect() - before;
  // Pauses are reported a turn later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  observer.disconnect();
  const { entries, bytes } = await items.close();
  return {
    sets,
    entries,
    'estimated over the bound': round(bytes / BOUND_BYTES),
    'heap over the bound': round(used / BOUND_BYTES),
    'longest turn of 100 sets, processor time of the thread, ms': quantile(work, 1),
    'longest turn of 100 sets by the clock, waiting for a core included, ms': quantile(turns, 1),
    'longest turn of 100 sets by the clock, without the time that the thread waited for a core, ms': quantile(
      served,
      1,
    ),
    '99.9% of turns by the clock, ms': quantile(turns, 0.999),
    'turns above 10 ms by the clock': turns.filter((ms) => ms > 10).length,
    // The last four are those of the measurement.
    'longest pause of the garbage collector by the clock, ms': round(Math.max(0, ...pauses.slice(2, -2))),
    'pauses above 10 ms': pauses.slice(2, -2).filter((ms) => ms > 10).length,
    turns: turns.length,
  };
}

/** Milliseconds that this thread has waited for a core while it could have run, as the kernel counts them; 0 where none does. */
function watchWaits(): () => number {
  const path = '/proc/thread-self/schedstat';
  if (!existsSync(path)) return () => 0;
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(128);
  return () => Number(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)).split(' ')[1]) / 1e6;
}

function parse(values: readonly unknown[]): unknown[] {
  return JSON.parse(JSON.stringify(values)) as unknown[];
}

function collect(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const [shape, share, mapEntries] = process.argv.slice(2);
if (process.send !== undefined && shape !== undefined && shape in SHAPES)
  void fill(shape, Number(share), Number(mapEntries)).then((answer) => process.send?.(answer, () => process.exit(0)));
