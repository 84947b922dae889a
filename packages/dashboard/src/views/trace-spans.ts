import type { Profiler, SlowRequest, Span } from '@dataguardian/profiler';
import type { TraceSpan } from '../api/requests.ts';

const KINDS: Readonly<Record<Span['kind'], TraceSpan['kind']>> = {
  sql: 'query',
  cache: 'cache',
  load: 'cache',
  redis: 'cache',
  fetch: 'other',
  queue: 'wait',
  fs: 'other',
  crypto: 'other',
  zlib: 'other',
  dns: 'other',
  function: 'function',
};

/** What the profiler kept of a request, in the order in which the parts began; `undefined` when nothing. */
export function readTrace(profiler: Pick<Profiler, 'trace'>, requestId: string): readonly TraceSpan[] | undefined {
  const trace = profiler.trace(requestId);
  if (trace === undefined || trace.spans.length === 0) return undefined;
  const request: TraceSpan = {
    id: 'request',
    parentId: null,
    kind: 'request',
    name: trace.name,
    startMs: 0,
    durationMs: trace.durationMs ?? 0,
    failed: trace.failed,
    attributes: trace.droppedSpanCount > 0 ? { droppedSpanCount: trace.droppedSpanCount } : {},
  };
  const spans = trace.spans.map((span, index) => toSpan(span, `${index}`));
  return [request, ...spans.toSorted((one, other) => one.startMs - other.startMs)];
}

/** A request that was traced without being among the slow ones; `undefined` for jobs and what still runs. */
export function readTracedRequest(profiler: Pick<Profiler, 'trace'>, requestId: string): SlowRequest | undefined {
  const trace = profiler.trace(requestId);
  if (trace?.durationMs === undefined || trace.kind !== 'request') return undefined;
  const { name, statusCode = 0, durationMs, at } = trace;
  const [method = '', route = ''] = name.split(' ');
  return { requestId, method, route, statusCode, durationMs, at: at + durationMs };
}

function toSpan(span: Span, id: string): TraceSpan {
  const { kind, name, startMs, durationMs, failed, site, waitMs, rowCount, verdict, statusCode, isSync } = span;
  const attributes = Object.entries({
    kind,
    waitMs,
    rowCount,
    verdict,
    statusCode,
    fingerprint: span.fingerprint,
    blocksLoop: isSync === true ? 'yes' : undefined,
  }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return {
    id,
    parentId: 'request',
    kind: KINDS[kind],
    name,
    startMs,
    durationMs,
    failed,
    ...(site === undefined ? {} : { location: site }),
    attributes: Object.fromEntries(attributes),
  };
}
