import { performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Collector } from '../collector.ts';
import type { Heartbeat } from '../sampling/heartbeat.ts';

/** What the process used in the window. */
export interface RuntimePart {
  /** CPU seconds per second, user and system, all threads: 1 is one core busy. */
  readonly cpuRatio: number;
  /** Share of the window in which the main loop was busy. */
  readonly loopUtilisationRatio: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly gcMs: number;
  /** Collections, small and large. */
  readonly gcCount: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly externalBytes: number;
  /** How long a trivial job waited for a thread of libuv's pool. */
  readonly threadPoolWaitMs: number;
}

/**
 * Reads CPU, memory, garbage collection and event-loop figures of this process. Delay is the lateness of a heartbeat:
 * `monitorEventLoopDelay` costs ten times as much on an idle process and says how late, but never when.
 */
export function createRuntimeCollector(heartbeat: Heartbeat, threadPoolWaitMs: () => number): Collector<RuntimePart> {
  let collections: PerformanceObserver | undefined;
  let gcMs = 0;
  let gcCount = 0;
  let cpu = process.cpuUsage();
  let utilisation = performance.eventLoopUtilization();
  return {
    start() {
      if (collections !== undefined) return;
      heartbeat.start();
      collections = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          gcMs += entry.duration;
          gcCount += 1;
        }
      });
      collections.observe({ entryTypes: ['gc'] });
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
    },
    collect(durationMs) {
      const used = process.cpuUsage(cpu);
      const busy = performance.eventLoopUtilization(utilisation);
      const memory = process.memoryUsage();
      const part: RuntimePart = {
        cpuRatio: durationMs > 0 ? (used.user + used.system) / 1_000 / durationMs : 0,
        loopUtilisationRatio: busy.utilization,
        loopDelayP99Ms: heartbeat.lateness.quantile(0.99),
        loopDelayMaxMs: heartbeat.lateness.max,
        gcMs,
        gcCount,
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        externalBytes: memory.external,
        threadPoolWaitMs: threadPoolWaitMs(),
      };
      heartbeat.lateness.reset();
      gcMs = 0;
      gcCount = 0;
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
      return part;
    },
    stop() {
      heartbeat.stop();
      collections?.disconnect();
      collections = undefined;
    },
  };
}
