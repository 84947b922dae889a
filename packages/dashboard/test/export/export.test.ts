import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toPrometheusText } from '../../src/export/export-value.ts';
import { createGrafanaDashboard } from '../../src/export/grafana-dashboard.ts';
import { toRequest } from '../../src/export/open-telemetry.ts';
import { CATALOGUE, metricIndex } from '../../src/history/catalogue.ts';

const values = new Float64Array(CATALOGUE.length).fill(Number.NaN);
values[metricIndex('requests.p95')] = 250;
values[metricIndex('runtime.rss')] = 1_024;

describe('the exports', () => {
  it('have base units, and leave out what was not measured', () => {
    expect(toPrometheusText(values)).toBe(
      '# HELP dataguardian_requests_p95_seconds Response time, p95.\n' +
        '# TYPE dataguardian_requests_p95_seconds gauge\n' +
        'dataguardian_requests_p95_seconds 0.25\n' +
        '# HELP dataguardian_runtime_rss_bytes Memory of the process.\n' +
        '# TYPE dataguardian_runtime_rss_bytes gauge\n' +
        'dataguardian_runtime_rss_bytes 1024\n',
    );
  });

  it('have the same names for Prometheus and OpenTelemetry', () => {
    const all = new Float64Array(CATALOGUE.length).fill(1);
    const prometheus = [...toPrometheusText(all).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const request = toRequest({ at: 5, values: all }, { service: 's', instance: 'i', release: '' });
    const openTelemetry = [...JSON.stringify(request).matchAll(/"name":"(dataguardian_[^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(openTelemetry).toEqual(prometheus);
    expect(prometheus).toHaveLength(CATALOGUE.length);
  });
});

describe('docs/grafana-dashboard.json', () => {
  const file = readFileSync(new URL('../../../../docs/grafana-dashboard.json', import.meta.url), 'utf8');

  it('is what the code makes (node scripts/write-docs.ts)', () => {
    expect(JSON.parse(file)).toEqual(createGrafanaDashboard());
  });

  it('names only metrics that exist', () => {
    // The counters and histograms of GET /metrics are defined where modules are wired together.
    const exporter = readFileSync(new URL('../../../performance/src/prometheus.ts', import.meta.url), 'utf8');
    const wired = [...exporter.matchAll(/name: '(dataguardian_\w+)'/g)].map(([, name]) => name ?? '');
    const known = new Set([...wired, ...CATALOGUE.map(({ exportName }) => exportName)]);
    const named = [...new Set(file.match(/dataguardian_\w+/g))].map((name) => name.replace(/_(?:bucket|count)$/, ''));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
