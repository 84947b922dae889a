import type { LocalText } from '@dataguardian/advisor';
import { METRICS, toPrometheusName, type Metric, type Window } from '@dataguardian/profiler';
import type { ComponentHealth } from '@dataguardian/telemetry';
import type { MetricMeta } from '../api/series.ts';
import { LABELS } from './labels.ts';
import type { SketchName } from './sketches.ts';

/** How the same metric of several processes becomes one. */
export type Spread = 'sum' | 'mean' | 'max';

/** A metric with everything that storing, merging and showing it takes. */
export interface CataloguedMetric extends MetricMeta {
  readonly read: (window: Window, health: Health) => number;
  readonly spread: Spread;
  /** Metrics whose sum says how much a reading counts in a mean; none: by time alone. */
  readonly weights: readonly string[];
  /** Where the exact percentile over any range comes from. */
  readonly sketch: { readonly name: SketchName; readonly ratio: number } | undefined;
}

/** Health of each component, by name. */
export type Health = Readonly<Record<string, ComponentHealth>>;

/** Ratios of events count by the events; a mean of ratios would let an idle second outvote a busy one. */
const WEIGHTS: Readonly<Record<string, readonly string[]>> = {
  'requests.errorRatio': ['requests.rate'],
  'queries.failedRatio': ['queries.rate'],
  'queries.cacheHitRatio': ['queries.rate'],
  'cache.hitRatio': ['cache.memoryHits', 'cache.redisHits', 'cache.stale', 'cache.misses'],
};

const SKETCHES: Readonly<Record<string, { readonly name: SketchName; readonly ratio: number }>> = {
  'requests.p50': { name: 'requests', ratio: 0.5 },
  'requests.p95': { name: 'requests', ratio: 0.95 },
  'requests.p99': { name: 'requests', ratio: 0.99 },
  'queries.p50': { name: 'queries', ratio: 0.5 },
  'queries.p95': { name: 'queries', ratio: 0.95 },
  'queries.p99': { name: 'queries', ratio: 0.99 },
  'queries.waitP95': { name: 'queryWaits', ratio: 0.95 },
  'cache.loadP95': { name: 'cacheLoads', ratio: 0.95 },
  'sessions.waitP95': { name: 'admissionWaits', ratio: 0.95 },
};

/** Every process reports the same queue and the same components: adding them up would count them twice. */
const REPORTED_BY_ALL = new Set(['scans.pending', 'components.down', 'components.degraded']);

/** A percentile of nothing is no zero: what must have happened for one to mean anything. */
const COUNTED: Readonly<Record<SketchName, (window: Window) => number>> = {
  requests: ({ requests }) => requests.count,
  queries: ({ queries }) => queries.count,
  queryWaits: ({ queries }) => queries.count,
  cacheLoads: ({ cache }) => cache.loadCount,
  admissionWaits: ({ sessions }) => sessions.admittedCount + sessions.shedCount,
};

const COMPONENT_METRICS: readonly (Omit<Metric, 'read'> & { readonly read: CataloguedMetric['read'] })[] = [
  { name: 'components.down', unit: 'count', merge: 'max', read: (_, health) => countWith(health, 'down') },
  { name: 'components.degraded', unit: 'count', merge: 'max', read: (_, health) => countWith(health, 'degraded') },
];

/** Everything that can be charted, stored, alerted on and exported; the profiler's metrics and the components'. */
export const CATALOGUE: readonly CataloguedMetric[] = [...METRICS, ...COMPONENT_METRICS].map((metric) => ({
  ...metric,
  label: LABELS[metric.name] ?? toPlainLabel(metric.name),
  group: metric.name.split('.')[0] ?? '',
  // The name alone matters here, not how the metric is read.
  exportName: toPrometheusName({ ...metric, read: () => Number.NaN }),
  spread: spreadOf(metric),
  weights: WEIGHTS[metric.name] ?? [],
  sketch: SKETCHES[metric.name],
}));

/** Names in the order of a stored row and of a tick. */
export const METRIC_NAMES: readonly string[] = CATALOGUE.map(({ name }) => name);

const byName = new Map(CATALOGUE.map((metric, index) => [metric.name, { metric, index }]));

/** The metric of that name, if there is one. */
export function findCatalogued(name: string): CataloguedMetric | undefined {
  return byName.get(name)?.metric;
}

/** Place of the metric in rows and ticks; -1 for an unknown one. */
export function metricIndex(name: string): number {
  return byName.get(name)?.index ?? -1;
}

/** Reads every metric of one window, in the order of {@link METRIC_NAMES}; `NaN` is not measured. */
export function readAll(window: Window, health: Health): Float64Array {
  const values = new Float64Array(CATALOGUE.length);
  for (const [index, metric] of CATALOGUE.entries()) {
    const isEmpty = metric.sketch !== undefined && COUNTED[metric.sketch.name](window) === 0;
    const value = isEmpty ? Number.NaN : metric.read(window, health);
    values[index] = Number.isFinite(value) ? value : Number.NaN;
  }
  return values;
}

/** The metric without what only this package needs. */
export function toMeta({ name, unit, merge, label, group, exportName }: CataloguedMetric): MetricMeta {
  return { name, unit, merge, label, group, exportName };
}

function countWith(health: Health, status: ComponentHealth['status']): number {
  return Object.values(health).filter((component) => component.status === status).length;
}

function spreadOf({ name, unit, merge }: Omit<Metric, 'read'>): Spread {
  if (REPORTED_BY_ALL.has(name)) return 'max';
  if (unit === 'ratio') return 'mean';
  if (unit === 'ms') return merge === 'sum' ? 'sum' : 'max';
  return 'sum';
}

/** For metrics that came later than their translation. */
function toPlainLabel(name: string): LocalText {
  const words = name.replaceAll('.', ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return { en: words, nl: words };
}
