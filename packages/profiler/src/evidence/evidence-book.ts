import {
  lockWaits,
  poolLeaks,
  statementPlans,
  type Clock,
  type LeakEvent,
  type LockWaitEvent,
  type PlanEvent,
} from '@dataguardian/telemetry';
import type { Evidence, Release } from '../evidence.ts';
import type { RequestFeed } from '../request-feed.ts';
import type { HotLine } from '../sampling/continuous-profile.ts';
import type { Pseudonymise } from '../sampling/labels.ts';
import type { Stall } from '../sampling/stalls.ts';
import type { Window } from '../windows.ts';
import { createBaseline, type Baseline, type BaselineState } from './baseline.ts';
import { createCacheSpaces } from './cache-spaces.ts';
import { createRecent } from './recent.ts';
import { createRouteSeriesBook } from './route-series.ts';
import { createUserShares } from './user-shares.ts';

/** The part of the evidence that this book gathers. */
export type GatheredEvidence = Pick<
  Evidence,
  | 'stalls'
  | 'hotLines'
  | 'poolWaitsMs'
  | 'cacheSpaces'
  | 'users'
  | 'plans'
  | 'lockWaits'
  | 'poolLeaks'
  | 'series'
  | 'releases'
  | 'deviations'
>;

/** What is asked for. */
export interface EvidenceSpan {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly at: number;
  readonly streams: ReadonlySet<string>;
  /** Whether requests or jobs have come: then what ran before the first is start-up, and left out. */
  readonly isServing: boolean;
}

/** Gathers what detectors need beyond windows, rankings and traces. */
export interface EvidenceBook {
  start(): void;
  stop(): void;
  closeWindow(window: Window): void;
  addStalls(stalls: readonly Stall[]): void;
  addHotLines(lines: readonly HotLine[]): void;
  announceRelease(name: string): void;
  stallsSince(at: number): readonly Stall[];
  /** @param streams Routes that stay open by design; their requests are left out. */
  gather(span: EvidenceSpan): GatheredEvidence;
  readonly baseline: Baseline;
}

/** Settings of the book. */
export interface EvidenceBookOptions {
  readonly clock: Clock;
  readonly feed: RequestFeed;
  readonly pseudonymise: Pseudonymise;
  readonly windowCount: number;
  readonly keepMs: number;
  readonly baseline: BaselineState;
}

const MOST_STALLS = 1_000;
const MOST_RECORDINGS = 600;
const MOST_PLANS = 200;
const MOST_LOCK_WAITS = 2_000;
const MOST_LEAKS = 100;
const MOST_RELEASES = 20;
/** Plans change seldom; they count until they are made anew. */
const PLAN_KEEP_MS = 24 * 60 * 60_000;

/** Creates an empty book. */
export function createEvidenceBook(options: EvidenceBookOptions): EvidenceBook {
  const { clock, feed, pseudonymise, windowCount, keepMs } = options;
  const cacheSpaces = createCacheSpaces(windowCount, keepMs);
  const users = createUserShares(feed, { windowCount, keepMs }, pseudonymise);
  const series = createRouteSeriesBook(feed);
  const baseline = createBaseline(options.baseline);
  const stalls = createRecent<Stall>(MOST_STALLS, keepMs);
  const recordings = createRecent<readonly HotLine[]>(MOST_RECORDINGS, keepMs);
  const poolWaits = createRecent<number>(windowCount, keepMs);
  const waits = createRecent<LockWaitEvent>(MOST_LOCK_WAITS, keepMs);
  const leaks = createRecent<LeakEvent>(MOST_LEAKS, keepMs);
  const releases = createRecent<Release>(MOST_RELEASES, keepMs);
  const plans = new Map<string, { readonly at: number; readonly plan: PlanEvent }>();
  let ends: (() => void)[] = [];

  const keepPlan = (plan: PlanEvent): void => {
    plans.delete(plan.fingerprint);
    plans.set(plan.fingerprint, { at: clock.now(), plan });
    if (plans.size > MOST_PLANS) plans.delete(plans.keys().next().value ?? '');
  };

  return {
    baseline,
    start() {
      if (ends.length > 0) return;
      cacheSpaces.start();
      users.start();
      series.start();
      ends = [
        statementPlans.subscribe(keepPlan),
        lockWaits.subscribe((event) => waits.push(clock.now(), event)),
        poolLeaks.subscribe((event) => leaks.push(clock.now(), event)),
      ];
    },
    stop() {
      for (const end of ends) end();
      ends = [];
      cacheSpaces.stop();
      users.stop();
      series.stop();
    },
    closeWindow(window) {
      cacheSpaces.close(window.at);
      users.close(window.at);
      baseline.observe(window);
      poolWaits.push(window.at, window.runtime.threadPoolWaitMs);
    },
    addStalls(found) {
      for (const stall of found) stalls.push(stall.at, stall);
    },
    addHotLines(lines) {
      if (lines.length > 0) recordings.push(clock.now(), lines);
    },
    announceRelease(name) {
      const at = clock.now();
      releases.push(at, { name, at });
    },
    stallsSince: (at) => stalls.since(at).map(({ value }) => value),
    gather({ since, at, streams, isServing }) {
      return {
        stalls: stalls.since(since).flatMap(({ value }) => (isServing && value.isStartUp ? [] : [value])),
        hotLines: sumLines(
          recordings.since(since).flatMap(({ value }) => value.filter(({ isStartUp }) => !isServing || !isStartUp)),
        ),
        poolWaitsMs: poolWaits.since(since).map(({ value }) => value),
        cacheSpaces: cacheSpaces.since(since),
        users: users.since(since, streams),
        plans: [...plans.values()].filter(({ at: madeAt }) => madeAt > at - PLAN_KEEP_MS).map(({ plan }) => plan),
        lockWaits: waits.since(since),
        poolLeaks: leaks.since(since),
        series: series.since(since).filter(({ route }) => !streams.has(route)),
        releases: releases.since(since).map(({ value }) => value),
        deviations: baseline.deviations(at),
      };
    },
  };
}

function sumLines(lines: readonly HotLine[]): readonly HotLine[] {
  const sums = new Map<string, HotLine>();
  for (const line of lines) {
    const key = `${line.file}\n${line.line}\n${line.cause}\n${line.route}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...line,
      durationMs: (sum?.durationMs ?? 0) + line.durationMs,
      sampleCount: (sum?.sampleCount ?? 0) + line.sampleCount,
    });
  }
  return [...sums.values()];
}
