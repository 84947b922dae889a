import type { Bottleneck, HotFunction, Overhead, Ranked, Stall } from '@dataguardian/profiler';
import type { TimeRange } from './section.ts';

/** `GET /profiler?from=&to=`: functions and bottlenecks of this process since the start; loop, GC and heap over time come from `GET /series`. */
export interface ProfilerView {
  readonly at: number;
  readonly since: number;
  /** Measured functions by total time. */
  readonly functions: readonly Ranked[];
  readonly bottlenecks: readonly Bottleneck[];
  /** Functions by their own processor time, sampled over the last five minutes; at most 50. */
  readonly hot: readonly HotFunction[];
  /** Blocks of event loops with the stacks that made them, of all processes in the range, newest first; at most 50. */
  readonly stalls: readonly (Stall & { readonly instance: string })[];
  /** What the profiler itself costs. */
  readonly overhead: Overhead;
  /** Frequency by time, for the scatter: routes, statements and functions. */
  readonly scatter: readonly ScatterPoint[];
  readonly heap: {
    readonly usedBytes: number;
    readonly limitBytes: number;
    readonly externalBytes: number;
    readonly rssBytes: number;
  } | null;
  /** Whether `GET /profiler/flame` can answer, and what it can be filtered by. */
  readonly flame: {
    readonly isAvailable: boolean;
    /** What the graph can be filtered by; a user or scan can be given without being listed. */
    readonly routes: readonly string[];
    readonly users: readonly string[];
    readonly scans: readonly string[];
    /** Processes; empty while there is one. */
    readonly threads: readonly string[];
    /** What people call users, by their keyed hash, as far as it is known. */
    readonly userNames: Readonly<Record<string, string>>;
  };
}

/** Something that is called often, or takes long, or both. */
export interface ScatterPoint {
  readonly kind: 'route' | 'statement' | 'function';
  readonly name: string;
  readonly callsPerMinute: number;
  readonly meanMs: number;
  readonly totalMs: number;
  readonly errorCount: number;
}

/**
 * `GET /profiler/flame?from=&to=&route=&user=&scan=&thread=` as a `Section`. Columns of equal length, one entry a node,
 * parents before their children: a quarter of the size of nested objects, and drawn without recursion.
 */
export interface FlameGraph extends TimeRange {
  readonly unit: 'us';
  readonly sampleCount: number;
  readonly idleUs: number;
  /** Names of frames; nodes point into it. */
  readonly frames: readonly FlameFrame[];
  /** Index into {@link frames}. Node 0 is the root. */
  readonly frame: readonly number[];
  /** Index of the parent node; -1 for the root. */
  readonly parent: readonly number[];
  readonly selfUs: readonly number[];
  readonly totalUs: readonly number[];
  /** Only in `GET /profiler/diff`: total in the range that is compared with. */
  readonly baseTotalUs?: readonly number[];
  readonly baseSelfUs?: readonly number[];
}

/** A function, and whose code it is. */
export interface FlameFrame {
  readonly name: string;
  readonly file: string;
  /** Counted from 1; 0 when unknown. */
  readonly line: number;
  readonly owner: 'application' | 'dependency' | 'node' | 'native';
}

/**
 * `GET /profiler/diff?from=&to=&baseFrom=&baseTo=&route=…` as a `Section` of {@link FlameGraph}: the union of both
 * trees, base times scaled to the length of the other range.
 */
export type FlameDiff = Required<FlameGraph>;
