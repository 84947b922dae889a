import { mergeReadings, METRICS, type Metric } from '../metrics.ts';
import type { Snapshot } from '../snapshot.ts';

const SUFFIXES: Readonly<Record<Metric['unit'], string>> = {
  count: '',
  perSecond: '_per_second',
  ratio: '_ratio',
  bytes: '_bytes',
  ms: '_seconds',
};

/** The metric's name as Prometheus wants it: `dataguardian_requests_p95_seconds`. */
export function toPrometheusName({ name, unit }: Metric): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toLowerCase();
  const suffix = words.endsWith(SUFFIXES[unit]) ? '' : SUFFIXES[unit];
  return `dataguardian_${words}${suffix}`;
}

/**
 * Text exposition format 0.0.4: every metric as a gauge over the snapshot's windows, and the number of bottlenecks by
 * rule and severity. Routes and statements are left out: their number has no bound that a scraper would like.
 */
export function toPrometheus({ windows, bottlenecks }: Snapshot): string {
  const lines = METRICS.flatMap((metric) => {
    const value = mergeReadings(metric, windows.map(metric.read));
    if (!Number.isFinite(value)) return [];
    const name = toPrometheusName(metric);
    return [`# TYPE ${name} gauge`, `${name} ${metric.unit === 'ms' ? value / 1_000 : value}`];
  });
  const counts = new Map<string, number>();
  for (const { rule, severity } of bottlenecks) {
    const labels = `{rule="${rule}",severity="${severity}"}`;
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
  }
  lines.push('# TYPE dataguardian_bottlenecks gauge');
  for (const [labels, count] of counts) lines.push(`dataguardian_bottlenecks${labels} ${count}`);
  return `${lines.join('\n')}\n`;
}
