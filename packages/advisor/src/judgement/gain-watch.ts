import { findMetric, type Snapshot, type Window } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { gainOf } from '../gain.ts';
import type { Proof, Verification } from '../recommendation.ts';
import { judgeGain } from './judge-gain.ts';
import { toVerification } from './to-verification.ts';

/** Where windows come from, and how long a verification may take. */
export interface GainWatchOptions {
  /** The profiler, or anything that keeps windows for at least twice `periodMs`. */
  readonly profiler: { snapshot(spanMs: number): Pick<Snapshot, 'windows'> };
  readonly clock: Clock;
  /** Time after the change that is left out. @defaultValue 5_000 */
  readonly settleMs?: number;
  /** Compared on either side of the change; the verdict falls at the latest after this. @defaultValue 100_000 */
  readonly periodMs?: number;
  /** Looks in that time. @defaultValue 4 */
  readonly lookCount?: number;
}

/** What in a window shows the gain. */
export interface GainMetric {
  readonly read: (window: Window) => number;
  /** Something in the same window that the change cannot have touched. */
  readonly control?: (window: Window) => number;
  readonly better: 'lower' | 'higher';
}

/** Judges changes by the windows that the profiler keeps. */
export interface GainWatch {
  /**
   * `undefined` until a look decides. Asking between two looks neither helps nor harms: the answer depends on the look
   * alone.
   * @param metric @defaultValue the metric that the proof names
   */
  verify(proof: Proof, appliedAt: number, metric?: GainMetric): Verification | undefined;
}

/** Creates a watch over the windows of a profiler. */
export function createGainWatch(options: GainWatchOptions): GainWatch {
  const { profiler, clock, settleMs = 5_000, periodMs = 100_000, lookCount = 4 } = options;
  const lookMs = periodMs / lookCount;
  return {
    verify(proof, appliedAt, metric = metricOf(proof)) {
      const from = appliedAt + settleMs;
      const look = Math.min(lookCount, Math.floor((clock.now() - from) / lookMs));
      if (look < 1) return undefined;
      const until = from + look * lookMs;
      const { windows } = profiler.snapshot(clock.now() - appliedAt + periodMs);
      const before = windows.filter(({ at }) => at >= appliedAt - periodMs && at <= appliedAt);
      const after = windows.filter(({ at, durationMs }) => at - durationMs >= from && at <= until);
      const { control } = metric;
      const judgement = judgeGain(
        {
          before: before.map(metric.read),
          after: after.map(metric.read),
          ...(control === undefined ? {} : { control: { before: before.map(control), after: after.map(control) } }),
        },
        {
          better: metric.better,
          predictedGain: gainOf(proof),
          look,
          lookCount,
        },
      );
      return toVerification(judgement, BEFORE_AFTER);
    },
  };
}

function metricOf(proof: Proof): GainMetric {
  const metric = findMetric(proof.metric);
  return {
    read: metric?.read ?? (() => Number.NaN),
    better: proof.better ?? (proof.after < proof.before ? 'lower' : 'higher'),
  };
}

const BEFORE_AFTER = {
  en: 'rank test of Mann and Whitney over five-second means before and after, shared over the planned looks',
  nl: 'rangtoets van Mann en Whitney over gemiddelden van vijf seconden voor en na, verdeeld over de geplande metingen',
};
