import type { Clock } from '@dataguardian/telemetry';
import type { Recorder } from '../history/recorder.ts';
import type { Reading } from '../history/accumulator.ts';
import type { OpenTelemetryOptions } from '../options.ts';
import { toExported } from './export-value.ts';

/** What the export works with. */
export interface OpenTelemetryParts extends Required<OpenTelemetryOptions> {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly resource: { readonly service: string; readonly instance: string; readonly release: string };
  readonly startedAt: number;
  readonly onFault: (error: unknown) => void;
}

/** Sends the latest values now and then. */
export interface OpenTelemetryExport {
  /** Sends now. Rejects when the collector does not take it. */
  send(): Promise<void>;
  close(): void;
}

const DEADLINE_MS = 10_000;
const UNITS = { count: '1', perSecond: '1/s', ratio: '1', bytes: 'By', ms: 's' } as const;
const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * Sends every metric as a gauge, named as in Prometheus, as OTLP over HTTP in JSON
 * (opentelemetry.io, OTLP Specification 1.x, "OTLP/HTTP", JSON Protobuf encoding).
 */
export function createOpenTelemetryExport(parts: OpenTelemetryParts): OpenTelemetryExport {
  const { url, headers, periodMs, recorder, clock, resource, onFault } = parts;
  let running: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    const latest = recorder.recent(clock.now() - periodMs).at(-1);
    if (latest === undefined) return;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(toRequest(latest, resource)),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The OpenTelemetry collector answered ${response.status}.`);
  };

  const timer = clock.repeat(periodMs, () => {
    running ??= send()
      .catch(onFault)
      .finally(() => {
        running = undefined;
      });
  });
  return { send, close: () => timer.cancel() };
}

/** `ExportMetricsServiceRequest` of one reading; metrics that were not measured are left out. */
export function toRequest(
  { at, values }: Pick<Reading, 'at' | 'values'>,
  { service, instance, release }: OpenTelemetryParts['resource'],
): object {
  const timeUnixNano = String(BigInt(Math.round(at)) * NANOSECONDS_PER_MS);
  const attributes = Object.entries({
    'service.name': service,
    'service.instance.id': instance,
    ...(release === '' ? {} : { 'service.version': release }),
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const metrics = toExported(values).map(({ name, help: description, unit, value: asDouble }) => ({
    name,
    description,
    unit: UNITS[unit],
    gauge: { dataPoints: [{ timeUnixNano, asDouble }] },
  }));
  return {
    resourceMetrics: [
      { resource: { attributes }, scopeMetrics: [{ scope: { name: '@dataguardian/dashboard' }, metrics }] },
    ],
  };
}
