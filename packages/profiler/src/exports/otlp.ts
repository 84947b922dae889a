import { createHash } from 'node:crypto';
import { METRICS, type Metric } from '../metrics.ts';
import type { Trace } from '../tracing/trace.ts';
import type { Window } from '../windows.ts';

/** Who sends: attributes of the resource, for instance `service.name`. */
export type OtlpResource = Readonly<Record<string, string>>;

const SCOPE = { name: '@dataguardian/profiler' };
const UNITS: Readonly<Record<Metric['unit'], string>> = {
  count: '1',
  perSecond: '1/s',
  ratio: '1',
  bytes: 'By',
  ms: 'ms',
};
const KIND_INTERNAL = 1;
const KIND_SERVER = 2;
const KIND_CLIENT = 3;
const STATUS_ERROR = 2;
const CLIENT_KINDS = new Set(['sql', 'redis', 'fetch', 'dns']);

/** Body for `POST /v1/metrics` (OTLP/HTTP 1.x, JSON): one gauge a metric, one point a window. */
export function toOtlpMetrics(windows: readonly Window[], resource: OtlpResource = {}): object {
  const metrics = METRICS.map((metric) => ({
    name: `dataguardian.${metric.name}`,
    unit: UNITS[metric.unit],
    gauge: {
      dataPoints: windows.flatMap((window) => {
        const value = metric.read(window);
        return Number.isFinite(value) ? [{ timeUnixNano: toNanos(window.at), asDouble: value }] : [];
      }),
    },
  })).filter(({ gauge }) => gauge.dataPoints.length > 0);
  return { resourceMetrics: [{ resource: toResource(resource), scopeMetrics: [{ scope: SCOPE, metrics }] }] };
}

/** Body for `POST /v1/traces` (OTLP/HTTP 1.x, JSON): one trace a request or job, statements as shapes. */
export function toOtlpTraces(traces: readonly Trace[], resource: OtlpResource = {}): object {
  const spans = traces.flatMap((trace) => {
    const traceId = toId(`${trace.at} ${trace.id}`, 16);
    const spanId = toId(`${trace.at} ${trace.id} root`, 8);
    const root = {
      traceId,
      spanId,
      name: trace.name,
      kind: trace.kind === 'request' ? KIND_SERVER : KIND_INTERNAL,
      startTimeUnixNano: toNanos(trace.at),
      endTimeUnixNano: toNanos(trace.at + (trace.durationMs ?? 0)),
      status: trace.failed ? { code: STATUS_ERROR } : {},
      attributes: toAttributes({
        'http.route': trace.kind === 'request' ? trace.name : undefined,
        'http.response.status_code': trace.statusCode,
        'dataguardian.user': trace.labels.user,
        'dataguardian.organisation': trace.labels.organisation,
        'dataguardian.scan': trace.labels.scan,
        'service.version': trace.labels.release,
      }),
    };
    const children = trace.spans.map((span, index) => ({
      traceId,
      spanId: toId(`${trace.at} ${trace.id} ${index}`, 8),
      parentSpanId: spanId,
      name: span.kind === 'sql' ? (span.name.split(' ', 1)[0] ?? 'sql') : `${span.kind} ${span.name}`,
      kind: CLIENT_KINDS.has(span.kind) ? KIND_CLIENT : KIND_INTERNAL,
      startTimeUnixNano: toNanos(trace.at + span.startMs),
      endTimeUnixNano: toNanos(trace.at + span.startMs + span.durationMs),
      status: span.failed ? { code: STATUS_ERROR } : {},
      attributes: toAttributes({
        'db.system.name': span.kind === 'sql' ? 'postgresql' : span.kind === 'redis' ? 'redis' : undefined,
        'db.query.text': span.kind === 'sql' ? span.name : undefined,
        'db.response.returned_rows': span.rowCount,
        'http.response.status_code': span.statusCode,
        'code.location': span.site,
        'dataguardian.verdict': span.verdict,
        'dataguardian.wait_ms': span.waitMs,
      }),
    }));
    return [root, ...children];
  });
  return { resourceSpans: [{ resource: toResource(resource), scopeSpans: [{ scope: SCOPE, spans }] }] };
}

function toResource(resource: OtlpResource): object {
  return { attributes: toAttributes({ 'service.name': 'unknown_service:node', ...resource }) };
}

function toAttributes(values: Readonly<Record<string, string | number | undefined>>): readonly object[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [{ key, value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value } }];
  });
}

/** Nanoseconds as text: they exceed what JSON's numbers hold. */
function toNanos(epochMs: number): string {
  return String(BigInt(Math.round(epochMs * 1_000)) * 1_000n);
}

function toId(text: string, byteCount: number): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, byteCount * 2);
}
