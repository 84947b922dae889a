import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock, until } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createWindowSource, windowAt } from '../windows.ts';
import { startHookReceiver } from './hook-receiver.ts';

it('sends the latest second to a collector, and survives one that refuses', async () => {
  const collector = await startHookReceiver();
  const clock = createFakeClock();
  const source = createWindowSource();
  const faults: string[] = [];
  const dashboard = createDashboard({
    profiler: { ...createProfiler({ clock }), onWindow: source.onWindow },
    advisor: createAdvisor({ rules: [], provers: [], actuators: [] }),
    clock,
    service: 'shop',
    release: '1.0',
    openTelemetry: { url: `${collector.url}/v1/metrics`, headers: { authorization: 'Bearer t' }, periodMs: 5_000 },
    onFault: (what) => faults.push(what),
  });
  const second = async (): Promise<void> => {
    await clock.advance(1_000);
    source.emit(windowAt(clock.now(), { requests: { count: 4 } }));
  };
  for (let count = 0; count < 6; count += 1) await second();
  await until(() => collector.hooks.length === 1);
  const [hook] = collector.hooks;
  expect(hook).toMatchObject({ path: '/v1/metrics', headers: { authorization: 'Bearer t' } });
  const body = JSON.parse(hook?.body ?? '') as {
    resourceMetrics: {
      resource: { attributes: { key: string; value: object }[] };
      scopeMetrics: { metrics: { name: string }[] }[];
    }[];
  };
  expect(body.resourceMetrics[0]?.resource.attributes[0]).toEqual({
    key: 'service.name',
    value: { stringValue: 'shop' },
  });
  const rate = body.resourceMetrics[0]?.scopeMetrics[0]?.metrics.find(
    ({ name }) => name === 'dataguardian_requests_rate_per_second',
  );
  expect(rate).toMatchObject({ unit: '1/s', gauge: { dataPoints: [{ asDouble: 4 }] } });
  expect(dashboard.prometheusText()).toContain('dataguardian_requests_rate_per_second 4\n');
  collector.answer(500);
  for (let count = 0; count < 6; count += 1) await second();
  await until(() => faults.includes('OpenTelemetry export'));
  await dashboard.close();
  await collector.close();
});
