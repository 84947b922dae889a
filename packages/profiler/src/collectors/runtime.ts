import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Collector } from '../collector.ts';
import type { CollectionWatch } from '../memory/collections.ts';
import { threadCpuMs, type Heartbeat } from '../sampling/heartbeat.ts';

/** What the process used in the window. */
export interface RuntimePart {
  /** CPU seconds per second, user and system, all threads: 1 is one core busy. */
  readonly cpuRatio: number;
  /** Share of the window in which the main loop was busy. */
  readonly loopBusyRatio: number;
  /**
   * What Node says of the same. While stacks are sampled it is too high for a loop that waits long, and right for one that
   * hardly does: a bound for rules about loops without room.
   */
  readonly loopUtilisationRatio: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** Where collections are many, fifteen windows of sixteen show what the one before them did. */
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

/** What the collector asks for. */
export interface RuntimeSources {
  readonly heartbeat: Heartbeat;
  readonly collections: CollectionWatch;
  readonly threadPoolWaitMs: () => number;
  readonly isSampling: () => boolean;
}

/**
 * Reads CPU, memory, garbage collection and event-loop figures of this process. Delay is the lateness of a heartbeat:
 * `monitorEventLoopDelay` costs ten times as much on an idle process and says how late, but never when.
 *
 * While stacks are sampled, Node's own utilisation is wrong: each sample is a signal that interrupts the wait for events,
 * and libuv forgets the time waited before it, so that an idle loop reads as half busy. Then it is the thread's processor
 * time and the time for which it stood still without using any, at most what Node says.
 */
export function createRuntimeCollector(sources: RuntimeSources): Collector<RuntimePart> {
  const { heartbeat, collections, threadPoolWaitMs, isSampling } = sources;
  let unsubscribe: (() => void) | undefined;
  let cpu = process.cpuUsage();
  let utilisation = performance.eventLoopUtilization();
  let threadMs = threadCpuMs();
  return {
    start() {
      if (unsubscribe !== undefined) return;
      heartbeat.start();
      unsubscribe = collections.subscribe();
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
      threadMs = threadCpuMs();
      heartbeat.takeHeldMs();
    },
    collect(durationMs) {
      const used = process.cpuUsage(cpu);
      const busy = performance.eventLoopUtilization(utilisation);
      const memory = process.memoryUsage();
      const ownMs = threadCpuMs() - threadMs + heartbeat.takeHeldMs();
      threadMs = threadCpuMs();
      const part: RuntimePart = {
        cpuRatio: durationMs > 0 ? (used.user + used.system) / 1_000 / durationMs : 0,
        loopBusyRatio: isSampling() ? Math.min(busy.utilization, ownMs / Math.max(1, durationMs)) : busy.utilization,
        loopUtilisationRatio: busy.utilization,
        loopDelayP99Ms: heartbeat.lateness.quantile(0.99),
        loopDelayMaxMs: heartbeat.lateness.max,
        ...collections.take(durationMs),
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        heapLimitBytes: getHeapStatistics().heap_size_limit,
        externalBytes: memory.external,
        threadPoolWaitMs: threadPoolWaitMs(),
      };
      heartbeat.lateness.reset();
      cpu = process.cpuUsage();
      utilisation = performance.eventLoopUtilization();
      return part;
    },
    stop() {
      heartbeat.stop();
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}
