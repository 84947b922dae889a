import type { LocalText } from '@dataguardian/advisor';
import type { Ranked, SlowRequest } from '@dataguardian/profiler';
import type { TimeRange } from './section.ts';

/** `GET /requests?from=&to=`: routes of this process by total time, and the requests of all processes worth a look. */
export interface RequestsView {
  readonly at: number;
  readonly since: number;
  readonly routes: readonly Ranked[];
  /** Slowest and failed ones; `hasTrace` says whether `GET /requests/:id` has more than this line. */
  readonly slow: readonly (SlowRequest & { readonly instance: string; readonly hasTrace: boolean })[];
}

/**
 * `GET /requests/heatmap?from=&to=&points=`: how many requests took how long, when. Cells are counts.
 * Also `GET /database/heatmap` for statements.
 */
export interface Heatmap extends TimeRange {
  readonly stepMs: number;
  readonly unit: 'ms';
  /** Upper bounds of the rows in milliseconds, ascending; the last row has no upper bound and is `null`. */
  readonly bounds: readonly (number | null)[];
  /** `counts[row][column]`; a column is a step. */
  readonly counts: readonly (readonly number[])[];
  /** The greatest cell, for the colour scale. */
  readonly maxCount: number;
}

/**
 * `GET /requests/:id`: what one slow, failed or exemplary request did. Ids come from `GET /requests` and from
 * `GET /requests/exemplars?from=&to=&route=&count=`: the slowest kept requests of a time, slowest first. @defaultValue
 * the last ten minutes, 10
 */
export interface RequestTrace {
  readonly request: SlowRequest;
  /** Parts in the order in which they began; empty when the trace was not kept. */
  readonly spans: readonly TraceSpan[];
  /** Why there are no spans, when there are none. */
  readonly note: LocalText | null;
}

/** One part of a request. */
export interface TraceSpan {
  readonly id: string;
  /** `null` for the request itself. */
  readonly parentId: string | null;
  readonly kind: 'request' | 'query' | 'cache' | 'session' | 'wait' | 'function' | 'other';
  /** A statement's shape, a namespace, a function: never parameters or keys. */
  readonly name: string;
  /** Milliseconds after the request began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** Where in the program, `file:line`, when known. */
  readonly location?: string;
  /** Figures such as rows or wait, by name; units in the names. */
  readonly attributes: Readonly<Record<string, number | string>>;
}
