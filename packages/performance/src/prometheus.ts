import {
  cacheReads,
  cacheLoads,
  poolLeaks,
  poolStates,
  queries,
  requests,
  scanChunks,
  sessionEvents,
} from '@dataguardian/telemetry';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Counts telemetry for Prometheus from the moment it is created. */
export interface PrometheusExporter {
  /** The exposition text (version 0.0.4) and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

/** Upper bounds in seconds: from a memory hit to the patience of a person. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MS_PER_SECOND = 1_000;

/** Subscribes to every channel; names follow Prometheus' conventions (base units, `_total`). */
export function createPrometheusExporter(): PrometheusExporter {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requestSeconds = new Histogram({
    name: 'dataguardian_http_request_duration_seconds',
    help: 'Time from the request to the end of its response.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const querySeconds = new Histogram({
    name: 'dataguardian_database_query_duration_seconds',
    help: 'Time of a statement, waiting for a connection included.',
    labelNames: ['verdict'],
    buckets: BUCKETS,
    registers,
  });
  const queryFailures = new Counter({
    name: 'dataguardian_database_query_failures_total',
    help: 'Statements that failed.',
    registers,
  });
  const pool = new Gauge({
    name: 'dataguardian_database_pool_connections',
    help: 'Connections of the pool by state; waiting counts callers.',
    labelNames: ['state'],
    registers,
  });
  const leaks = new Counter({
    name: 'dataguardian_database_pool_leaks_total',
    help: 'Connections that were held for longer than the threshold, by whoever had them.',
    registers,
  });
  const reads = new Counter({
    name: 'dataguardian_cache_reads_total',
    help: 'Reads of the cache by how they ended.',
    labelNames: ['namespace', 'outcome'],
    registers,
  });
  const loads = new Histogram({
    name: 'dataguardian_cache_load_duration_seconds',
    help: 'Time to load a value that the cache did not have.',
    labelNames: ['namespace'],
    buckets: BUCKETS,
    registers,
  });
  const sessions = new Counter({
    name: 'dataguardian_session_events_total',
    help: 'What happened to sessions.',
    labelNames: ['kind'],
    registers,
  });
  const scanned = new Counter({ name: 'dataguardian_scan_bytes_total', help: 'Bytes scanned.', registers });
  const found = new Counter({ name: 'dataguardian_scan_findings_total', help: 'Findings recorded.', registers });
  const chunks = new Counter({
    name: 'dataguardian_scan_chunks_total',
    help: 'Chunks finished.',
    labelNames: ['result'],
    registers,
  });

  const unsubscribe = [
    requests.subscribe(({ method, route, statusCode, durationMs, standsFor = 1 }) => {
      const labels = { method, route, status: `${Math.floor(statusCode / 100)}xx` };
      for (let time = 0; time < standsFor; time++) requestSeconds.observe(labels, durationMs / MS_PER_SECOND);
    }),
    queries.subscribe(({ verdict, durationMs, failed }) => {
      querySeconds.observe({ verdict }, durationMs / MS_PER_SECOND);
      if (failed) queryFailures.inc();
    }),
    poolStates.subscribe(({ total, idle, waiting }) => {
      pool.set({ state: 'busy' }, total - idle);
      pool.set({ state: 'idle' }, idle);
      pool.set({ state: 'waiting' }, waiting);
    }),
    poolLeaks.subscribe(() => leaks.inc()),
    cacheReads.subscribe(({ namespace, outcome }) => reads.inc({ namespace, outcome })),
    cacheLoads.subscribe(({ namespace, durationMs }) => loads.observe({ namespace }, durationMs / MS_PER_SECOND)),
    sessionEvents.subscribe(({ kind }) => sessions.inc({ kind })),
    scanChunks.subscribe(({ bytes, findingCount, failed }) => {
      scanned.inc(bytes);
      found.inc(findingCount);
      chunks.inc({ result: failed ? 'failed' : 'completed' });
    }),
  ];

  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close() {
      for (const end of unsubscribe) end();
      registry.clear();
    },
  };
}
