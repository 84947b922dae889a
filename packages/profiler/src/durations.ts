import type { Histogram } from '@dataguardian/telemetry';
import type { Durations } from './collector.ts';

/** Reads the usual quantiles off a histogram of milliseconds. */
export function toDurations(histogram: Histogram): Durations {
  return {
    p50Ms: histogram.quantile(0.5),
    p95Ms: histogram.quantile(0.95),
    p99Ms: histogram.quantile(0.99),
    maxMs: histogram.max,
  };
}
