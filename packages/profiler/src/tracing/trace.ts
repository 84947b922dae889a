import type { Labels } from '../sampling/labels.ts';
import type { OpenSpan, Span } from './span.ts';

/** One request or job from its beginning to its end. */
export interface Trace {
  readonly id: string;
  readonly kind: 'request' | 'job';
  /** Method and pattern of the route, or the job's name. */
  readonly name: string;
  readonly labels: Labels;
  /** Epoch milliseconds at its beginning. */
  readonly at: number;
  /** `undefined` while it runs. */
  readonly durationMs: number | undefined;
  readonly failed: boolean;
  readonly statusCode: number | undefined;
  /** Bytes of the answer. */
  readonly bytes: number;
  /** Media type of the answer without parameters; empty when unknown. */
  readonly mediaType: string;
  /** In order of their ends; at most 500, then only counted. */
  readonly spans: readonly Span[];
  readonly droppedSpanCount: number;
}

/** A trace that still runs. */
export interface OpenTrace extends Trace {
  /** Empty while it runs, unless a request event has told one. */
  id: string;
  name: string;
  labels: Labels;
  durationMs: number | undefined;
  failed: boolean;
  statusCode: number | undefined;
  bytes: number;
  mediaType: string;
  spans: readonly Span[];
  droppedSpanCount: number;
  /** Reading of the monotonic clock at its beginning. */
  readonly begunAt: number;
  /** Requests that it sent to others so far. */
  outgoingCount: number;
  /** Whether a finished-request event has told its route and user, or is about to. */
  isReported: boolean;
  /** Tells of it once it has ended and somebody has the time. */
  report: ((trace: OpenTrace) => void) | undefined;
  method: string;
  /** What its path says without naming a person. */
  coarseRoute: string;
  /** What samples are labelled with: they outlive the trace, of which most are not kept. */
  readonly owner: { labels: Labels };
  /** Bytes that its connection had sent before. */
  writtenBefore: number;
  /** The server that received it. */
  server: object | undefined;
  /** Requests that it is told for: itself, and those before it that were not traced. */
  standsFor: number;
  /** The route's pattern, where a framework has told it. */
  pattern: string | undefined;
}

/** More would cost more to keep than they tell; counts go on. */
const MOST_SPANS = 500;
const NO_SPANS: readonly Span[] = Object.freeze([]);

/** Begins a trace. Written out, not spread: this runs for each request. */
export function openTrace(fields: Pick<OpenTrace, 'kind' | 'name' | 'labels' | 'at' | 'begunAt'>): OpenTrace {
  return {
    id: '',
    kind: fields.kind,
    name: fields.name,
    labels: fields.labels,
    owner: { labels: fields.labels },
    at: fields.at,
    begunAt: fields.begunAt,
    durationMs: undefined,
    failed: false,
    statusCode: undefined,
    bytes: 0,
    mediaType: '',
    spans: NO_SPANS,
    droppedSpanCount: 0,
    outgoingCount: 0,
    isReported: false,
    report: undefined,
    method: '',
    coarseRoute: '',
    writtenBefore: 0,
    server: undefined,
    standsFor: 1,
    pattern: undefined,
  };
}

/** Gives a trace other labels, and the samples taken for it. */
export function relabel(trace: OpenTrace, labels: Labels): void {
  trace.labels = labels;
  trace.owner.labels = labels;
}

/** Places a finished span in its trace. */
export function addSpan(trace: OpenTrace, { begunAt, ...span }: OpenSpan): void {
  if (trace.spans.length >= MOST_SPANS) {
    trace.droppedSpanCount += 1;
    return;
  }
  // The first span brings the list: most requests have none. Only this function writes it.
  if (trace.spans === NO_SPANS) trace.spans = [];
  (trace.spans as Span[]).push({ ...span, startMs: begunAt - trace.begunAt });
}

/** Where the time of a trace went: milliseconds in which at least one span of the kind was open, and the rest. */
export function toBreakdown(trace: Trace): Readonly<Record<string, number>> {
  const byKind = Map.groupBy(trace.spans, ({ kind }) => kind);
  const breakdown: Record<string, number> = {};
  for (const [kind, spans] of byKind) breakdown[`${kind}Ms`] = unionMs(spans);
  const waitedMs = unionMs(trace.spans.filter(({ kind }) => kind !== 'function'));
  return { ...breakdown, otherMs: Math.max(0, (trace.durationMs ?? 0) - waitedMs) };
}

/** Length of the time that the spans cover together. */
export function unionMs(spans: readonly Span[]): number {
  let coveredMs = 0;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const spanEndMs = span.startMs + span.durationMs;
    coveredMs += Math.max(0, spanEndMs - Math.max(endMs, span.startMs));
    endMs = Math.max(endMs, spanEndMs);
  }
  return coveredMs;
}

/** The most spans that were open at the same time. */
export function peakConcurrency(spans: readonly Span[]): number {
  const turns = spans.flatMap(({ startMs, durationMs }) => [
    { atMs: startMs, step: 1 },
    { atMs: startMs + durationMs, step: -1 },
  ]);
  let open = 0;
  let peak = 0;
  for (const { step } of turns.toSorted((a, b) => a.atMs - b.atMs || a.step - b.step)) {
    open += step;
    peak = Math.max(peak, open);
  }
  return peak;
}
