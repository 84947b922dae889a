import type { Heatmap } from '../api/requests.ts';
import type { HistoryRow } from './history-store.ts';
import type { Cut } from './series-question.ts';
import { lowerBoundOf, visitSketch } from './sketch-codec.ts';
import type { SketchName } from './sketches.ts';

/** Rows of the map: about three per factor of ten, from a memory hit to the patience of a person. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

/** Counts by duration and step, of all processes. */
export function toHeatmap(rows: readonly HistoryRow[], sketch: SketchName, cut: Cut): Heatmap {
  const stepCount = Math.round((cut.to - cut.from) / cut.stepMs);
  const counts = Array.from({ length: BOUNDS_MS.length + 1 }, () => Array.from({ length: stepCount }, () => 0));
  let maxCount = 0;
  const add = (durationMs: number, step: number, count: number): void => {
    const place = BOUNDS_MS.findIndex((bound) => durationMs < bound);
    const line = counts[place === -1 ? BOUNDS_MS.length : place];
    if (line === undefined || step < 0 || step >= stepCount) return;
    line[step] = (line[step] ?? 0) + count;
    maxCount = Math.max(maxCount, line[step]);
  };
  for (const { at, sketches } of rows) {
    const packed = sketches.get(sketch);
    if (packed === undefined) continue;
    const step = Math.floor((at - cut.from) / cut.stepMs);
    const zeros = visitSketch(packed, (index, count) => add(lowerBoundOf(index), step, count));
    if (zeros > 0) add(0, step, zeros);
  }
  return { from: cut.from, to: cut.to, stepMs: cut.stepMs, unit: 'ms', bounds: [...BOUNDS_MS, null], counts, maxCount };
}
