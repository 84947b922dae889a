import { findMetric, mergeReadings, type Window } from '@dataguardian/profiler';
import { DashboardError } from './errors.ts';

/** One metric over time. A gap is `null`. */
export interface Series {
  readonly metric: string;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** One value a step, oldest first. */
  readonly values: readonly (number | null)[];
}

/** What to read: times in epoch milliseconds. */
export interface HistoryQuery {
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

const MOST_STEPS = 5_000;

/**
 * Cuts `windows` into steps of the queried metric.
 * @throws DashboardError DASHBOARD_BAD_REQUEST for an unknown metric or an impossible range.
 */
export function readHistory(windows: readonly Window[], query: HistoryQuery): Series {
  const metric = findMetric(query.metric);
  if (metric === undefined) throw new DashboardError('DASHBOARD_BAD_REQUEST', `Unknown metric "${query.metric}".`);
  const { from, to, stepMs } = query;
  if (!(stepMs > 0) || !(to > from) || (to - from) / stepMs > MOST_STEPS)
    throw new DashboardError('DASHBOARD_BAD_REQUEST', `"from", "to" and "step" must give 1 to ${MOST_STEPS} steps.`);
  const steps: number[][] = Array.from({ length: Math.ceil((to - from) / stepMs) }, () => []);
  for (const window of windows) {
    if (window.at < from || window.at >= to) continue;
    steps[Math.floor((window.at - from) / stepMs)]?.push(metric.read(window));
  }
  const values = steps.map((readings) => {
    const merged = mergeReadings(metric, readings);
    return Number.isNaN(merged) ? null : merged;
  });
  return { metric: metric.name, unit: metric.unit, from, to, stepMs, values };
}
