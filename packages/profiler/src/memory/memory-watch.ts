import { getHeapStatistics } from 'node:v8';
import type { Clock } from '@dataguardian/telemetry';
import type { SourceCode } from '../sampling/source-code.ts';
import { createAskSchedule } from './ask-schedule.ts';
import type { CollectionWatch } from './collections.ts';
import { createFullCollection } from './full-collection.ts';
import { engineHeap, type HeapGauge } from './heap-gauge.ts';
import { createHeapSampler, type AllocationSite } from './heap-sampler.ts';
import { judgeHeap, type HeapReading, type HeapTrend } from './heap-trend.ts';

/** What memory does, and who holds it when it grows. */
export interface MemoryState {
  readonly trend: HeapTrend;
  /** Where what still lives was allocated; filled once growth was suspected, or always when sampling always. */
  readonly sites: readonly AllocationSite[];
  readonly isSampling: boolean;
  /** Collections that were asked for in order to be sure, and the longest stop that one caused. */
  readonly askedCollectionCount: number;
  readonly askedCollectionMaxMs: number;
}

/** Follows what survives full collections. */
export interface MemoryWatch {
  start(): void;
  stop(): void;
  /** To be called once a window. @param loopBusyRatio Share of it in which the loop was busy. */
  observe(loopBusyRatio: number): void;
  state(): MemoryState;
}

/** When allocations are sampled: always, only after a suspicion, never. */
export type HeapSampling = 'always' | 'on-suspicion' | 'off';

/** Two hundred full collections say all that a trend needs. */
const MOST_READINGS = 200;
/** V8's default; what both intervals cost where most is allocated is in docs/benchmarks/profiler.md. */
const INTERVAL_BYTES = 512 * 1024;
/** Finer while a suspicion is followed up. */
const SUSPECT_INTERVAL_BYTES = 256 * 1024;
const SUSPECT_READINGS = 3;
const SUSPECT_BYTES = 2 * 1024 * 1024;
/** As much as may be dead of what the engine's own collections leave, in a busy server of 20 MB. */
const INEXACT_BYTES = 4 * 1024 * 1024;
/** So many exact readings of so long are judged without the others. */
const FEWEST_EXACT = 6;
const EXACT_KEEP_MS = 15 * 60_000;
/** Less is not worth a look. */
const ASK_GROWTH_BYTES = 512 * 1024;
/** V8 tells of a collection that was asked for after it, over the inspector of several: they are read already. */
const SAME_READING_MS = 5_000;
/** Objects are taken from the old generation by full collections alone; arrays that are cut give back less. */
const LEAST_COLLECTED_BYTES = 256 * 1024;
/** A larger heap would stop the loop for too long; it collects by itself often enough. */
const ASK_MOST_BYTES = 256 * 1024 * 1024;

/** Creates a watch that is off. */
export function createMemoryWatch(
  clock: Clock,
  source: SourceCode,
  collections: CollectionWatch,
  sampling: HeapSampling,
  heap: HeapGauge = engineHeap,
): MemoryWatch {
  const sampler = createHeapSampler(source);
  const collect = createFullCollection();
  const schedule = createAskSchedule(clock);
  let readings: HeapReading[] = [];
  /**
   * Those of them that were taken at once after a collection that was asked for. What the engine collects by itself it marks
   * while the program runs: some of what died meanwhile, megabytes of it, counts as living.
   */
  let exact: HeapReading[] = [];
  let unsubscribe: (() => void) | undefined;
  let isAsked = false;
  /** Reading of the monotonic clock up to which collections belong to the one that was asked for. */
  let sameUntil = 0;
  let sites: readonly AllocationSite[] = [];
  let judged: HeapTrend | undefined;
  let oldBytesBefore = 0;

  /** Judged when somebody asks: of two hundred readings all pairs are compared. */
  const trendNow = (): HeapTrend => {
    if (judged === undefined) {
      const since = clock.now() - EXACT_KEEP_MS;
      const lately = exact.filter(({ at }) => at >= since);
      judged = judgeHeap(lately.length >= FEWEST_EXACT ? lately : readings, getHeapStatistics().heap_size_limit);
    }
    return judged;
  };

  const note = (): HeapReading => {
    const reading = { at: clock.now(), bytes: heap.survivingBytes() };
    readings.push(reading);
    if (readings.length > MOST_READINGS) readings.shift();
    judged = undefined;
    return reading;
  };

  const noteExact = (): void => {
    const former = exact.at(-1);
    const reading = note();
    exact.push(reading);
    if (exact.length > MOST_READINGS) exact.shift();
    schedule.show(former === undefined || reading.bytes > former.bytes + ASK_GROWTH_BYTES);
    sameUntil = clock.monotonic() + SAME_READING_MS;
  };

  const noteInexact = (): void => {
    if (clock.monotonic() >= sameUntil) note();
  };

  /** Of exact and inexact ones in turn every other would rise: each kind is looked at by itself. */
  const isSuspicious = (): boolean => {
    const latestExact = exact.at(-1);
    const isAbove = (reading: HeapReading): boolean =>
      latestExact === undefined || reading.bytes >= latestExact.bytes + INEXACT_BYTES;
    // That many in a row lie above the latest exact one only if it is none of them.
    return trendNow().isGrowing || isRising(exact) || isRising(readings.slice(-SUSPECT_READINGS).filter(isAbove));
  };

  /** @returns whether one was asked for, which comes soon. */
  const askForCollection = (loopBusyRatio: number, isSuspected: boolean): boolean => {
    if (!schedule.isDue(loopBusyRatio, isSuspected)) return false;
    const held = heap.usedBytes();
    const formerBytes = exact.at(-1)?.bytes ?? 0;
    if (held > ASK_MOST_BYTES || held < formerBytes + ASK_GROWTH_BYTES) return false;
    schedule.ask();
    isAsked = true;
    collect(() => {
      if (unsubscribe !== undefined) noteExact();
    });
    return true;
  };

  return {
    start() {
      if (unsubscribe !== undefined) return;
      readings = [];
      exact = [];
      sameUntil = 0;
      sites = [];
      judged = undefined;
      oldBytesBefore = 0;
      schedule.start();
      unsubscribe = collections.subscribe((ended) => {
        const full = ended.filter(({ isFull }) => isFull);
        if (full.length === 0) return;
        if (isAsked) schedule.note(Math.max(...full.map(({ durationMs }) => durationMs)));
        isAsked = false;
        noteInexact();
      });
      if (sampling === 'always') sampler.start(INTERVAL_BYTES);
    },
    stop() {
      unsubscribe?.();
      unsubscribe = undefined;
      if (sampler.isSampling) sites = sampler.read();
      sampler.stop();
    },
    observe(loopBusyRatio) {
      if (unsubscribe === undefined) return;
      const oldBytes = heap.oldBytes();
      // Where collections are too many to hear of each, a full one is known by what it has left.
      if (!collections.isLooking && oldBytes + LEAST_COLLECTED_BYTES < oldBytesBefore) noteInexact();
      oldBytesBefore = oldBytes;
      const isSuspected = isSuspicious();
      const hasAsked = sampling !== 'off' && askForCollection(loopBusyRatio, isSuspected);
      if (sampling === 'on-suspicion' && isSuspected) sampler.start(SUSPECT_INTERVAL_BYTES);
      else if (sampling === 'on-suspicion') sampler.stop();
      collections.turn(isSuspected || hasAsked);
    },
    state() {
      if (sampler.isSampling) sites = sampler.read();
      return {
        trend: trendNow(),
        sites,
        isSampling: sampler.isSampling,
        askedCollectionCount: schedule.count,
        askedCollectionMaxMs: schedule.longestMs,
      };
    },
  };
}

/** Whether the latest of these rise. */
function isRising(readings: readonly HeapReading[]): boolean {
  const latest = readings.slice(-SUSPECT_READINGS);
  const grown = (latest.at(-1)?.bytes ?? 0) - (latest[0]?.bytes ?? 0);
  return (
    latest.length >= SUSPECT_READINGS &&
    latest.every(({ bytes }, index) => index === 0 || bytes > (latest[index - 1]?.bytes ?? 0)) &&
    grown >= SUSPECT_BYTES
  );
}
