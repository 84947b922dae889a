import { createHistogram, type Histogram } from '@dataguardian/telemetry';
import { CATALOGUE, metricIndex } from './catalogue.ts';
import type { HistoryRow } from './history-store.ts';
import { encodeSketch } from './sketch-codec.ts';
import { SKETCH_NAMES, type SketchName, type Sketches } from './sketches.ts';

/** What one second brings. */
export interface Reading {
  /** End of the second, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly values: Float64Array;
  readonly sketches: Sketches;
}

/** Sums up one bucket of one level. */
export interface Accumulator {
  /** Start of the bucket. */
  readonly at: number;
  add(reading: Reading): void;
  row(instance: string): HistoryRow;
}

/** Places of the metrics that weigh each metric, looked up once. */
const WEIGHT_INDEXES: readonly (readonly number[])[] = CATALOGUE.map(({ weights }) => weights.map(metricIndex));

/** How much a reading counts in a mean over time. */
export function weightOf(index: number, values: Float64Array, coveredMs: number): number {
  const indexes = WEIGHT_INDEXES[index] ?? [];
  if (indexes.length === 0) return coveredMs;
  let weight = 0;
  for (const other of indexes) weight += values[other] ?? 0;
  return weight * coveredMs;
}

/** An empty bucket that begins at `at`. @param withSketches Whether distributions are kept. */
export function createAccumulator(stepMs: number, at: number, withSketches: boolean): Accumulator {
  const sums = new Float64Array(CATALOGUE.length);
  const weights = new Float64Array(CATALOGUE.length);
  const seen = new Uint8Array(CATALOGUE.length);
  const histograms = new Map<SketchName, Histogram>();
  let coveredMs = 0;

  const addValue = (index: number, value: number, weight: number): void => {
    const metric = CATALOGUE[index];
    const before = sums[index] ?? 0;
    if (metric === undefined) return;
    if (metric.merge === 'sum') sums[index] = before + value;
    else if (metric.merge === 'max') sums[index] = seen[index] === 1 ? Math.max(before, value) : value;
    else if (metric.merge === 'last') sums[index] = value;
    else {
      sums[index] = before + value * weight;
      weights[index] = (weights[index] ?? 0) + weight;
    }
    seen[index] = 1;
  };

  const valueAt = (index: number): number => {
    if (seen[index] === 0) return Number.NaN;
    const metric = CATALOGUE[index];
    const histogram = metric?.sketch === undefined ? undefined : histograms.get(metric.sketch.name);
    if (metric?.sketch !== undefined && histogram !== undefined) return histogram.quantile(metric.sketch.ratio);
    const sum = sums[index] ?? Number.NaN;
    return metric?.merge === 'mean' ? sum / (weights[index] ?? 0) : sum;
  };

  return {
    at,
    add({ durationMs, values, sketches }) {
      coveredMs += durationMs;
      for (let index = 0; index < values.length; index += 1) {
        const value = values[index] ?? Number.NaN;
        if (!Number.isNaN(value)) addValue(index, value, weightOf(index, values, durationMs));
      }
      if (!withSketches) return;
      for (const [name, state] of sketches) {
        let histogram = histograms.get(name);
        if (histogram === undefined) histograms.set(name, (histogram = createHistogram()));
        histogram.merge(state);
      }
    },
    row(instance) {
      return {
        stepMs,
        at,
        instance,
        coveredMs: Math.min(stepMs, Math.round(coveredMs)),
        values: Float64Array.from({ length: CATALOGUE.length }, (_, index) => valueAt(index)),
        sketches: new Map(
          SKETCH_NAMES.flatMap((name) => {
            const histogram = histograms.get(name);
            return histogram === undefined ? [] : [[name, encodeSketch(histogram.state())]];
          }),
        ),
      };
    },
  };
}
