import type { ChartSpec } from '../parts/chart-deck.ts';
import { texts } from '../text.ts';

const MIB = 1 / 1_048_576;

/** Every chart, by its id. */
export const CHARTS = {
  requests: { title: texts.requests, unit: '', lines: [{ metric: 'requests.rate', name: texts.perSecond }] },
  latency: {
    title: texts.latency,
    unit: 'ms',
    lines: [
      { metric: 'requests.p50', name: 'p50' },
      { metric: 'requests.p95', name: 'p95' },
      { metric: 'requests.p99', name: 'p99' },
    ],
  },
  errors: {
    title: texts.errorRatio,
    unit: '%',
    lines: [{ metric: 'requests.errorRatio', name: texts.errors, factor: 100 }],
  },
  cache: {
    title: texts.cacheRatio,
    unit: '%',
    range: [0, 100],
    lines: [
      { metric: 'cache.hitRatio', name: 'cache', factor: 100 },
      { metric: 'queries.cacheHitRatio', name: texts.queryCache, factor: 100 },
    ],
  },
  cacheReads: {
    title: texts.cacheReads,
    unit: '/s',
    lines: [
      { metric: 'cache.memoryHits', name: texts.fromMemory },
      { metric: 'cache.redisHits', name: 'Redis' },
      { metric: 'cache.misses', name: texts.misses },
    ],
  },
  loads: { title: texts.loads, unit: 'ms', lines: [{ metric: 'cache.loadP95', name: 'p95' }] },
  pool: {
    title: texts.pool,
    unit: '',
    lines: [
      { metric: 'pool.total', name: texts.open },
      { metric: 'pool.busy', name: texts.busy },
      { metric: 'pool.waiting', name: texts.waiting },
    ],
  },
  queries: { title: texts.queries, unit: '/s', lines: [{ metric: 'queries.rate', name: texts.perSecond }] },
  queryTime: {
    title: texts.queryTime,
    unit: 'ms',
    lines: [
      { metric: 'queries.p50', name: 'p50' },
      { metric: 'queries.p95', name: 'p95' },
      { metric: 'queries.waitP95', name: texts.waitP95 },
    ],
  },
  loop: {
    title: texts.loop,
    unit: '%',
    lines: [
      { metric: 'runtime.cpu', name: 'CPU', factor: 100 },
      { metric: 'runtime.loopUtilisation', name: texts.utilisation, factor: 100 },
    ],
  },
  loopDelay: {
    title: texts.loopDelay,
    unit: 'ms',
    lines: [
      { metric: 'runtime.loopDelayP99', name: 'p99' },
      { metric: 'runtime.loopDelayMax', name: texts.longest },
    ],
  },
  collections: { title: texts.collections, unit: 'ms', lines: [{ metric: 'runtime.gc', name: 'GC' }] },
  memory: {
    title: texts.memory,
    unit: 'MiB',
    lines: [
      { metric: 'runtime.rss', name: 'RSS', factor: MIB },
      { metric: 'runtime.heapUsed', name: 'heap', factor: MIB },
      { metric: 'runtime.external', name: texts.external, factor: MIB },
    ],
  },
  scans: { title: texts.scanSpeed, unit: 'MiB/s', lines: [{ metric: 'scans.bytes', name: 'MiB/s', factor: MIB }] },
  pending: { title: texts.pending, unit: '', lines: [{ metric: 'scans.pending', name: texts.parts }] },
  found: { title: texts.found, unit: '', lines: [{ metric: 'scans.findings', name: texts.perSecond }] },
  waits: {
    title: texts.admissionWait,
    unit: 'ms',
    lines: [{ metric: 'sessions.waitP95', name: 'p95' }],
  },
  shed: { title: texts.refused, unit: '', lines: [{ metric: 'sessions.shed', name: texts.perSecond }] },
  signIns: {
    title: texts.signIns,
    unit: '',
    lines: [
      { metric: 'sessions.started', name: texts.started },
      { metric: 'sessions.ended', name: texts.ended },
    ],
  },
} as const satisfies Readonly<Record<string, Omit<ChartSpec, 'id'>>>;

/** The charts of these ids, in this order. */
export function charts(...ids: readonly (keyof typeof CHARTS)[]): ChartSpec[] {
  return ids.map((id) => ({ id, ...CHARTS[id] }));
}
