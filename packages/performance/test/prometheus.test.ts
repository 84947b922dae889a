import { requests } from '@dataguardian/telemetry';
import { expect, it } from 'vitest';
import { createPrometheusExporter } from '../src/prometheus.ts';

it('counts a request as often as it stands for others', async () => {
  const exporter = createPrometheusExporter();
  requests.publish({
    requestId: 'r',
    method: 'GET',
    route: '/orders',
    statusCode: 200,
    durationMs: 10,
    bytes: 0,
    userId: undefined,
    organisationId: undefined,
    standsFor: 40,
  });
  expect(await exporter.text()).toMatch(/_count\{method="GET",route="\/orders",status="2xx"\} 40\n/);
  exporter.close();
});
