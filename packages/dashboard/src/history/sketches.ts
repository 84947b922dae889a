import {
  admissions,
  cacheLoads,
  createHistogram,
  queries,
  requests,
  type Histogram,
  type HistogramState,
} from '@dataguardian/telemetry';

/** Distributions that the history keeps, so that percentiles of any range and of all processes are exact. */
export const SKETCH_NAMES = ['requests', 'queries', 'queryWaits', 'cacheLoads', 'admissionWaits'] as const;

/** One of them. */
export type SketchName = (typeof SKETCH_NAMES)[number];

/** Distributions of one stretch of time; those without a value are absent. */
export type Sketches = ReadonlyMap<SketchName, HistogramState>;

/** Counts durations as they happen. */
export interface SketchCollector {
  /** What was seen since the last call. */
  collect(): Sketches;
  close(): void;
}

/** Subscribes to telemetry: the profiler's windows carry percentiles only, which cannot be merged. */
export function createSketchCollector(): SketchCollector {
  const histograms: Record<SketchName, Histogram> = {
    requests: createHistogram(),
    queries: createHistogram(),
    queryWaits: createHistogram(),
    cacheLoads: createHistogram(),
    admissionWaits: createHistogram(),
  };
  const unsubscribe = [
    requests.subscribe(({ durationMs, standsFor }) => histograms.requests.record(durationMs, standsFor)),
    queries.subscribe(({ durationMs, waitMs }) => {
      histograms.queries.record(durationMs);
      histograms.queryWaits.record(waitMs);
    }),
    cacheLoads.subscribe(({ durationMs }) => histograms.cacheLoads.record(durationMs)),
    admissions.subscribe(({ waitMs }) => histograms.admissionWaits.record(waitMs)),
  ];
  return {
    collect() {
      const collected = new Map<SketchName, HistogramState>();
      for (const name of SKETCH_NAMES) {
        const histogram = histograms[name];
        if (histogram.count === 0) continue;
        collected.set(name, histogram.state());
        histogram.reset();
      }
      return collected;
    },
    close() {
      for (const end of unsubscribe) end();
    },
  };
}
