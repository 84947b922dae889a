import type { Trace } from './tracing/trace.ts';

/** A request that stands for a point of a chart. */
export interface Exemplar {
  readonly requestId: string;
  readonly route: string;
  /** Epoch milliseconds at its end. */
  readonly at: number;
  readonly durationMs: number;
}

/** What exemplars are asked for. */
export interface ExemplarQuery {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly route?: string;
  /** @defaultValue 10 */
  readonly count?: number;
}

/** The slowest kept requests that ended within the time asked for, slowest first. */
export function findExemplars(traces: readonly Trace[], query: ExemplarQuery): readonly Exemplar[] {
  const { from, to, route, count = 10 } = query;
  const unique = new Map(traces.map((trace) => [trace.id, trace]));
  return [...unique.values()]
    .map(({ id, name, at, durationMs = 0 }) => ({ requestId: id, route: name, at: at + durationMs, durationMs }))
    .filter((exemplar) => exemplar.at >= from && exemplar.at <= to)
    .filter((exemplar) => route === undefined || exemplar.route === route)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, count);
}
