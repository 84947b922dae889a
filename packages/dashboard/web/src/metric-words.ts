import type { MetricMeta } from '../../src/api/series.ts';
import { read } from './api.ts';
import { inUnit } from './format.ts';
import { language } from './text.ts';

let metrics: Promise<readonly MetricMeta[]> | undefined;

/** Every metric; read once, because they are those of the release. */
export function readMetrics(): Promise<readonly MetricMeta[]> {
  metrics ??= read('GET /metrics').then(
    ({ items }) => items,
    (error: unknown) => {
      metrics = undefined;
      throw error;
    },
  );
  return metrics;
}

/** What a metric is called; its name when it is not kept. */
export function metricName(all: readonly MetricMeta[], name: string): string {
  return all.find((metric) => metric.name === name)?.label[language] ?? name;
}

/** A value in the unit of a metric. */
export function inMetric(all: readonly MetricMeta[], name: string, value: number | null): string {
  return inUnit(value, all.find((metric) => metric.name === name)?.unit ?? '');
}
