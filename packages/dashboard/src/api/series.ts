import type { LocalText } from '@dataguardian/advisor';
import type { Metric } from '@dataguardian/profiler';
import type { TimeRange } from './section.ts';

/** A metric that can be charted, alerted on and exported. `GET /metrics` lists them. */
export interface MetricMeta extends Pick<Metric, 'name' | 'unit' | 'merge'> {
  /** What it is called on a chart. */
  readonly label: LocalText;
  /** First part of the name: `requests`, `queries`, `pool`, `cache`, `sessions`, `scans`, `runtime`. */
  readonly group: string;
  /** Name of the same figure in the Prometheus and OpenTelemetry exports. */
  readonly exportName: string;
}

/**
 * `GET /series?metrics=a,b&from=&to=&points=&compare=&instance=&format=`
 *
 * - `metrics`: names, comma separated; 1 to 24.
 * - `from`, `to`: epoch milliseconds. @defaultValue the last 10 minutes
 * - `points`: most points per line, 10..2000. @defaultValue 600
 * - `compare`: `previous` (the range just before), `mark:<id>` (as long, ending at that mark), or milliseconds to
 *   shift back by (`86400000` is yesterday). @defaultValue none
 * - `instance`: one process only. @defaultValue all, aggregated
 * - `format`: `json` or `csv` (a file). @defaultValue json
 */
export interface SeriesAnswer extends SeriesBlock {
  /** Length of a point. A point begins at `from + index * stepMs`. */
  readonly stepMs: number;
  /** Resolution of the stored rows that the points are made of: 1 s, 10 s, 1 min or 10 min. */
  readonly resolutionMs: number;
  /** `memory`: this process alone and its recent past, because the database keeps nothing or is away. */
  readonly source: 'database' | 'memory';
  /** Processes that contributed. */
  readonly instances: readonly string[];
  /** As many points as in {@link lines}; the first ones of both belong together. */
  readonly compare?: SeriesBlock;
  /** Marks within the range. */
  readonly marks: readonly Mark[];
}

/** Lines over one range. */
export interface SeriesBlock extends TimeRange {
  readonly lines: readonly SeriesLine[];
}

/** One metric over time. `null` is "nothing measured": a gap, never a zero. */
export interface SeriesLine extends Pick<Metric, 'unit' | 'merge'> {
  readonly metric: string;
  readonly values: readonly (number | null)[];
  /** Over the whole range; `null` when nothing was measured. For percentiles `value` is exact over all requests. */
  readonly summary: {
    readonly min: number | null;
    readonly max: number | null;
    readonly last: number | null;
    /** The metric over the whole range, as if it were one point. */
    readonly value: number | null;
  };
}

/** Something that happened and explains charts. `GET /marks?from=&to=`, `POST /marks {label, kind?, at?}`. */
export interface Mark {
  readonly id: string;
  readonly at: number;
  /** `restart` and `release` are set by the processes, `change` by applied recommendations, `note` by people. */
  readonly kind: 'release' | 'restart' | 'change' | 'note';
  readonly label: string;
  /** Who or which process set it. */
  readonly by: string;
}

/** A process that reports. `GET /instances` lists those seen within the last day. */
export interface Instance {
  readonly id: string;
  readonly startedAt: number;
  readonly lastSeenAt: number;
  /** Reported within the last 30 seconds. */
  readonly isLive: boolean;
  readonly release: string;
  /** Whether it is the process that answers. */
  readonly isSelf: boolean;
}

/** `GET /history?metric=&from=&to=&step=`: one metric, cut into steps of exactly `step` milliseconds. */
export interface History extends TimeRange {
  readonly metric: string;
  readonly unit: Metric['unit'];
  readonly stepMs: number;
  /** One value a step, oldest first; `null` is not measured. */
  readonly values: readonly (number | null)[];
}
