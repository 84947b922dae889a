import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Collector } from '../collector.ts';

/** What the process used in the window. */
export interface RuntimePart {
  /** CPU seconds per second, user and system, all threads: 1 is one core busy. */
  readonly cpuRatio: number;
  /** Share of the window in which the main loop was busy. */
  readonly loopUtilisationRatio: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly gcMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly externalBytes: number;
}

/** The delay histogram samples with this period; a healthy reading is close to it and is subtracted. */
const LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/** Reads CPU, memory, garbage collection and event-loop figures of this process. */
export function createRuntimeCollector(): Collector<RuntimePart> {
  let loopDelay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  let collections: PerformanceObserver | undefined;
  let gcMs = 0;
  let cpu = process.cpuUsage();
  let utilisation = performance.eventLoopUtilization();
  const delayMs = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS);
  return {
    start() {
      if (loopDelay !== undefined) return;
      loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
      loopDelay.enable();
      collections = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) gcMs += entry.duration;
      });
      collections.observe({ entryTypes: ['gc'] });
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
    },
    collect(durationMs) {
      const used = process.cpuUsage(cpu);
      const busy = performance.eventLoopUtilization(utilisation);
      const memory = process.memoryUsage();
      const hasDelays = loopDelay !== undefined && loopDelay.count > 0;
      const part: RuntimePart = {
        cpuRatio: durationMs > 0 ? (used.user + used.system) / 1_000 / durationMs : 0,
        loopUtilisationRatio: busy.utilization,
        loopDelayP99Ms: hasDelays ? delayMs(loopDelay?.percentile(99) ?? 0) : 0,
        loopDelayMaxMs: hasDelays ? delayMs(loopDelay?.max ?? 0) : 0,
        gcMs,
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        externalBytes: memory.external,
      };
      loopDelay?.reset();
      gcMs = 0;
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
      return part;
    },
    stop() {
      loopDelay?.disable();
      loopDelay = undefined;
      collections?.disconnect();
      collections = undefined;
    },
  };
}
