import type { Instance, Mark } from '../api/series.ts';
import type { PackedSketch } from './sketch-codec.ts';
import type { SketchName } from './sketches.ts';

/** What one process measured in one bucket of time. */
export interface HistoryRow {
  /** Length of the bucket: one of {@link LEVELS}. */
  readonly stepMs: number;
  /** Start of the bucket, epoch milliseconds, a multiple of `stepMs`. */
  readonly at: number;
  readonly instance: string;
  /** How much of the bucket the process was there. */
  readonly coveredMs: number;
  /** In the order of `METRIC_NAMES`; `NaN` is not measured. */
  readonly values: Float64Array;
  /** Absent at one second, where they would cost more than they tell. */
  readonly sketches: ReadonlyMap<SketchName, PackedSketch>;
}

/** Which rows to read. */
export interface HistoryQuestion {
  readonly stepMs: number;
  /** Rows with `from <= at < to`. */
  readonly from: number;
  readonly to: number;
  /** Metrics to fill in; the others stay `NaN`. */
  readonly metrics: readonly string[];
  readonly sketches: readonly SketchName[];
  /** @defaultValue every process */
  readonly instance?: string | undefined;
}

/** Where the history is kept. Writing a row again replaces it. */
export interface HistoryStore {
  write(rows: readonly HistoryRow[]): Promise<void>;
  /** In any order. */
  read(question: HistoryQuestion): Promise<readonly HistoryRow[]>;
  /** Removes what is older than its level is kept for. */
  expire(now: number): Promise<void>;
  /** Says that the process is there. */
  report(instance: Omit<Instance, 'isLive' | 'isSelf'>): Promise<void>;
  /** Processes that reported since then. */
  instances(since: number): Promise<readonly Omit<Instance, 'isLive' | 'isSelf'>[]>;
  /** Keeps a mark unless its id is known. Says whether it was new. */
  mark(mark: Mark): Promise<boolean>;
  /** Within `from <= at < to`, oldest first. */
  marks(from: number, to: number): Promise<readonly Mark[]>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A resolution, and for how long rows of it are kept. */
export interface Level {
  readonly stepMs: number;
  readonly keptMs: number;
  /** In the memory of the process. */
  readonly keptInMemoryMs: number;
}

/** From fine to coarse. Each level reaches at least a hundred times as far back as it is fine. */
export const LEVELS: readonly Level[] = [
  { stepMs: 1_000, keptMs: HOUR_MS, keptInMemoryMs: 15 * MINUTE_MS },
  { stepMs: 10_000, keptMs: 12 * HOUR_MS, keptInMemoryMs: 2 * HOUR_MS },
  { stepMs: MINUTE_MS, keptMs: 8 * DAY_MS, keptInMemoryMs: DAY_MS },
  { stepMs: 10 * MINUTE_MS, keptMs: 90 * DAY_MS, keptInMemoryMs: 7 * DAY_MS },
];
