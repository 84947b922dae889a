/** A panel of {@link createGrafanaDashboard}. */
interface PanelSketch {
  readonly title: string;
  readonly unit: 's' | 'percentunit' | 'bytes' | 'reqps' | 'short' | 'Bps';
  /** PromQL by the name that its line has in the legend. */
  readonly lines: Readonly<Record<string, string>>;
}

const RANGE = '$__rate_interval';
const quantile = (ratio: number, name: string): string =>
  `histogram_quantile(${ratio}, sum by (le) (rate(${name}_bucket{job=~"$job"}[${RANGE}])))`;
const gauge = (name: string): string => `sum(${name}{job=~"$job"})`;
const worst = (name: string): string => `max by (instance) (${name}{job=~"$job"})`;
const rate = (name: string, by: string): string => `sum by (${by}) (rate(${name}{job=~"$job"}[${RANGE}]))`;

const HTTP = 'dataguardian_http_request_duration_seconds';
const QUERY = 'dataguardian_database_query_duration_seconds';

const PANELS: readonly PanelSketch[] = [
  { title: 'Requests by status', unit: 'reqps', lines: { '{{status}}': rate(`${HTTP}_count`, 'status') } },
  {
    title: 'Response time',
    unit: 's',
    lines: { p50: quantile(0.5, HTTP), p95: quantile(0.95, HTTP), p99: quantile(0.99, HTTP) },
  },
  {
    title: 'Failed requests',
    unit: 'percentunit',
    lines: { '{{instance}}': worst('dataguardian_requests_error_ratio') },
  },
  {
    title: 'Components that are not up',
    unit: 'short',
    lines: { down: 'max(dataguardian_components_down)', degraded: 'max(dataguardian_components_degraded)' },
  },
  {
    title: 'Statement time',
    unit: 's',
    lines: { p50: quantile(0.5, QUERY), p95: quantile(0.95, QUERY), p99: quantile(0.99, QUERY) },
  },
  {
    title: 'Pool',
    unit: 'short',
    lines: {
      connections: gauge('dataguardian_pool_total'),
      'in use': gauge('dataguardian_pool_busy'),
      'callers waiting': gauge('dataguardian_pool_waiting'),
    },
  },
  {
    title: 'Wait for a connection, p95',
    unit: 's',
    lines: { '{{instance}}': worst('dataguardian_queries_wait_p95_seconds') },
  },
  { title: 'Cache hits', unit: 'percentunit', lines: { '{{instance}}': worst('dataguardian_cache_hit_ratio') } },
  {
    title: 'Cache reads by outcome',
    unit: 'reqps',
    lines: { '{{outcome}}': rate('dataguardian_cache_reads_total', 'outcome') },
  },
  { title: 'Sessions', unit: 'reqps', lines: { '{{kind}}': rate('dataguardian_session_events_total', 'kind') } },
  {
    title: 'Bytes scanned',
    unit: 'Bps',
    lines: { scanned: 'sum(rate(dataguardian_scan_bytes_total{job=~"$job"}[$__rate_interval]))' },
  },
  { title: 'Chunks waiting', unit: 'short', lines: { waiting: 'max(dataguardian_scans_pending)' } },
  { title: 'CPU', unit: 'percentunit', lines: { '{{instance}}': worst('dataguardian_runtime_cpu_ratio') } },
  {
    title: 'Event-loop delay, p99',
    unit: 's',
    lines: { '{{instance}}': worst('dataguardian_runtime_loop_delay_p99_seconds') },
  },
  {
    title: 'Memory',
    unit: 'bytes',
    lines: {
      '{{instance}} process': worst('dataguardian_runtime_rss_bytes'),
      '{{instance}} heap': worst('dataguardian_runtime_heap_used_bytes'),
    },
  },
  {
    title: 'Garbage collection per second',
    unit: 's',
    lines: { '{{instance}}': worst('dataguardian_runtime_gc_seconds') },
  },
];

const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 8;

/** A Grafana dashboard over `GET /metrics`, to import as it is. `docs/grafana-dashboard.json` holds it. */
export function createGrafanaDashboard(): object {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    uid: 'dataguardian-performance',
    title: 'DataGuardian performance',
    tags: ['dataguardian'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          name: 'job',
          label: 'Job',
          type: 'query',
          datasource,
          query: 'label_values(dataguardian_runtime_rss_bytes, job)',
          includeAll: true,
          multi: true,
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: PANELS.map(({ title, unit, lines }, index) => ({
      id: index + 1,
      title,
      type: 'timeseries',
      datasource,
      gridPos: { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(lines).map(([legendFormat, expr], line) => ({
        refId: String.fromCodePoint(65 + line),
        datasource,
        expr,
        legendFormat,
      })),
    })),
  };
}
