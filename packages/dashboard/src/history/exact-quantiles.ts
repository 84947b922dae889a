import type { CataloguedMetric } from './catalogue.ts';
import type { HistoryRow } from './history-store.ts';
import { createSketchSum } from './sketch-codec.ts';

/** Percentiles of one metric: of each step and of all together; `NaN` where there is no distribution. */
export interface ExactQuantiles {
  readonly steps: readonly number[];
  readonly whole: number;
}

/**
 * Percentiles from merged distributions, by the name of the metric; metrics without a distribution are left out.
 * Each distribution is read once, however many percentiles are taken from it.
 */
export function toExactQuantiles(
  metrics: readonly CataloguedMetric[],
  steps: readonly (readonly HistoryRow[])[],
): ReadonlyMap<string, ExactQuantiles> {
  const sketched = metrics.flatMap(({ name, sketch }) => (sketch === undefined ? [] : [{ metric: name, ...sketch }]));
  const answers = new Map<string, ExactQuantiles>();
  for (const [name, wanted] of Map.groupBy(sketched, (one) => one.name)) {
    const step = createSketchSum();
    const whole = createSketchSum();
    const found = wanted.map((): number[] => []);
    for (const rows of steps) {
      step.clear();
      for (const { sketches } of rows) {
        const packed = sketches.get(name);
        if (packed !== undefined) step.add(packed);
      }
      whole.merge(step);
      for (const [index, { ratio }] of wanted.entries())
        found[index]?.push(step.count === 0 ? Number.NaN : step.quantile(ratio));
    }
    for (const [index, { metric, ratio }] of wanted.entries())
      answers.set(metric, {
        steps: found[index] ?? [],
        whole: whole.count === 0 ? Number.NaN : whole.quantile(ratio),
      });
  }
  return answers;
}
