import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { constants } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '@dataguardian/telemetry';
import { createHeapSampler, type AllocationSite } from './heap-sampler.ts';
import { judgeHeap, type HeapReading, type HeapTrend } from './heap-trend.ts';
import type { SourceCode } from '../sampling/source-code.ts';

/** What memory does, and who holds it when it grows. */
export interface MemoryState {
  readonly trend: HeapTrend;
  /** Where what still lives was allocated; filled once growth was suspected, or always when sampling always. */
  readonly sites: readonly AllocationSite[];
  readonly isSampling: boolean;
}

/** Follows the heap after each full collection. */
export interface MemoryWatch {
  start(): void;
  stop(): void;
  /** To be called once a window. */
  observe(): void;
  state(): MemoryState;
}

/** When allocations are sampled: always, only after a suspicion, never. */
export type HeapSampling = 'always' | 'on-suspicion' | 'off';

/** Two hundred full collections say all that a trend needs. */
const MOST_READINGS = 200;
/** Without a full collection for this long, the least heap of the stretch stands for one. */
const STRETCH_MS = 30_000;
/** V8's default; costs at most 1.3% where most is allocated. */
const INTERVAL_BYTES = 512 * 1024;
/** Finer while a suspicion is followed up. */
const SUSPECT_INTERVAL_BYTES = 128 * 1024;

/** Creates a watch that is off. */
export function createMemoryWatch(clock: Clock, source: SourceCode, sampling: HeapSampling): MemoryWatch {
  const sampler = createHeapSampler(source);
  let readings: HeapReading[] = [];
  let collections: PerformanceObserver | undefined;
  let least = Number.POSITIVE_INFINITY;
  let stretchBegunAt = 0;
  let sites: readonly AllocationSite[] = [];
  let trend = judgeHeap([], 0);

  const note = (bytes: number): void => {
    readings.push({ at: clock.now(), bytes });
    if (readings.length > MOST_READINGS) readings.shift();
    least = Number.POSITIVE_INFINITY;
    stretchBegunAt = clock.monotonic();
    trend = judgeHeap(readings, getHeapStatistics().heap_size_limit);
  };

  /** A suspicion is worth the cost of finer samples before it is certain: half of the readings that a verdict needs. */
  const isSuspicious = (): boolean =>
    trend.isGrowing || (trend.readingCount >= 4 && trend.grownBytes > 4 * 1024 * 1024);

  return {
    start() {
      if (collections !== undefined) return;
      readings = [];
      sites = [];
      trend = judgeHeap([], 0);
      stretchBegunAt = clock.monotonic();
      collections = new PerformanceObserver((list) => {
        if (list.getEntries().some(isFullCollection)) note(process.memoryUsage().heapUsed);
      });
      collections.observe({ entryTypes: ['gc'] });
      if (sampling === 'always') sampler.start(INTERVAL_BYTES);
    },
    stop() {
      collections?.disconnect();
      collections = undefined;
      sites = sampler.isSampling ? sampler.read() : sites;
      sampler.stop();
    },
    observe() {
      least = Math.min(least, process.memoryUsage().heapUsed);
      if (clock.monotonic() - stretchBegunAt >= STRETCH_MS) note(least);
      if (sampling === 'on-suspicion') {
        if (isSuspicious()) sampler.start(SUSPECT_INTERVAL_BYTES);
        else if (!trend.isGrowing && sites.length === 0) sampler.stop();
      }
    },
    state() {
      if (sampler.isSampling && trend.isGrowing) sites = sampler.read();
      return { trend, sites, isSampling: sampler.isSampling };
    },
  };
}

function isFullCollection(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
