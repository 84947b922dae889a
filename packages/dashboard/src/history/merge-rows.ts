import { weightOf } from './accumulator.ts';
import { metricIndex, type CataloguedMetric } from './catalogue.ts';
import type { HistoryRow } from './history-store.ts';

/** A merged value and how much it counts in a mean. */
interface Merged {
  readonly value: number;
  readonly weight: number;
}

/**
 * Merges rows of any number of processes and buckets into one value of `metric`; `NaN` when nothing was measured.
 * Processes of one bucket come first, then the buckets: a sum over processes is a mean over time.
 * Percentiles come out as the worst one; `exact-quantiles.ts` does better where distributions are kept.
 * @param now Bounds how long the bucket that is under way can have lasted.
 */
export function mergeRows(metric: CataloguedMetric, rows: readonly HistoryRow[], now: number): number {
  const index = metricIndex(metric.name);
  const measured = rows.filter(({ values }) => !Number.isNaN(values[index] ?? Number.NaN));
  const [first] = measured;
  if (first === undefined) return Number.NaN;
  if (measured.length === 1) return first.values[index] ?? Number.NaN;
  const buckets = Map.groupBy(measured, ({ at }) => at);
  const merged = [...buckets].toSorted(([a], [b]) => a - b).map(([, same]) => mergeProcesses(metric, same, now));
  return mergeTime(metric, merged);
}

function mergeProcesses(metric: CataloguedMetric, rows: readonly HistoryRow[], now: number): Merged {
  const index = metricIndex(metric.name);
  const [first] = rows;
  if (first === undefined) return { value: Number.NaN, weight: 0 };
  const read = (row: HistoryRow): number => row.values[index] ?? Number.NaN;
  const weight = rows.reduce((sum, row) => sum + weightOf(index, row.values, row.coveredMs), 0);
  if (rows.length === 1) return { value: read(first), weight };
  switch (metric.spread) {
    case 'max':
      return { value: Math.max(...rows.map(read)), weight };
    case 'mean': {
      const sum = rows.reduce((total, row) => total + read(row) * weightOf(index, row.values, row.coveredMs), 0);
      return { value: sum / weight, weight };
    }
    case 'sum': {
      if (metric.merge === 'sum') return { value: rows.reduce((total, row) => total + read(row), 0), weight };
      // One process after the other in the same bucket (a restart) is a mean, side by side a sum.
      const coveredMs = rows.reduce((total, row) => total + row.coveredMs, 0);
      const spanMs = Math.max(1, Math.min(first.stepMs, coveredMs, now - first.at));
      const sum = rows.reduce((total, row) => total + read(row) * Math.min(1, row.coveredMs / spanMs), 0);
      return { value: sum, weight };
    }
  }
}

function mergeTime(metric: CataloguedMetric, parts: readonly Merged[]): number {
  const last = parts.at(-1);
  if (last === undefined) return Number.NaN;
  switch (metric.merge) {
    case 'sum':
      return parts.reduce((sum, { value }) => sum + value, 0);
    case 'max':
      return Math.max(...parts.map(({ value }) => value));
    case 'last':
      return last.value;
    case 'mean': {
      const weight = parts.reduce((sum, part) => sum + part.weight, 0);
      return parts.reduce((sum, part) => sum + part.value * part.weight, 0) / weight;
    }
  }
}
