import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Bottleneck } from './bottlenecks.ts';
import type { CpuProfile } from './cpu-profile.ts';
import type { BaselineState } from './evidence/baseline.ts';
import type { Exemplar, ExemplarQuery } from './exemplars.ts';
import type { CensusOptions, HeapCensus } from './memory/heap-census.ts';
import type { MemoryState } from './memory/memory-watch.ts';
import type { ResourceState } from './memory/resources.ts';
import type { Overhead } from './overhead.ts';
import type { Flame } from './sampling/flame.ts';
import type { HotFunction } from './sampling/hot-functions.ts';
import type { Facets, FoldedSamples, LabelledSamples, MergedSamples, ProfileFilter } from './sampling/profile-store.ts';
import type { Stall } from './sampling/stalls.ts';
import type { SlowRequest } from './slow-requests.ts';
import type { Snapshot } from './snapshot.ts';
import type { FunctionTimer } from './timing/function-timer.ts';
import type { SyncCall } from './tracing/sync-call-book.ts';
import type { Trace } from './tracing/trace.ts';
import type { JobDescription } from './tracing/tracer.ts';
import type { Window } from './windows.ts';

/** For whom the code under way works. Identifiers are hashed before they are kept; scans have random ones. */
export interface Subject {
  readonly userId?: string | undefined;
  readonly organisationId?: string | undefined;
  readonly scanId?: string | undefined;
}

/** Watches the process and everything that publishes telemetry in it. Spans default to the last five minutes. */
export interface Profiler extends FunctionTimer {
  /** Begins to observe. Idempotent. The first time costs 20 to 130 ms while V8 reads all functions. */
  start(): void;
  /** Ends observation; what was seen stays readable. Idempotent. */
  stop(): void;
  /** Runs a job as a trace of its own, so that its statements, waits and samples carry its labels. */
  run<Result>(job: JobDescription, work: () => Result): Result;
  /** Says for whom the request or job under way works; without one it does nothing. */
  label(subject: Subject): void;
  /** Labels what follows with the release and looks for changes of level around now. */
  announceRelease(name: string): void;
  /** Everything known now, with windows of the last `spanMs`. */
  snapshot(spanMs?: number): Snapshot;
  /** What the detectors find in the last `spanMs`, the worst first; judged once for each change. */
  bottlenecks(spanMs?: number): readonly Bottleneck[];
  /** A flame graph of the main thread; at most 4,000 boxes. */
  flame(query?: ProfileFilter): Flame;
  /** Functions by their own processor time. */
  hotFunctions(query?: ProfileFilter & { readonly count?: number }): readonly HotFunction[];
  /** Folded samples for the exports `toPprofOf`, `toCpuProfile`, `toSpeedscope` and for `diffSamples`. */
  samples(filter?: ProfileFilter): MergedSamples;
  /** Samples of a range by their labels, to be kept for longer than here. */
  samplesByLabels(range: { readonly from: number; readonly to: number }): LabelledSamples;
  /** What a user's samples are labelled with. */
  pseudonymOf(userId: string): string;
  /** Labels that {@link flame} and {@link samples} can be asked for. */
  facets(): Facets;
  /** Blocks of the loop with their stacks, oldest first. */
  stalls(spanMs?: number): readonly Stall[];
  /** Synchronous calls of Node's crypto, zlib and fs in requests and jobs, from 5 ms: shorter than stalls, timed exactly. */
  syncCalls(spanMs?: number): readonly SyncCall[];
  /** The slowest and the failed requests of the last quarter of an hour, the worst first; at most 100. */
  slowRequests(): readonly SlowRequest[];
  /** One kept request or job with its spans. */
  trace(requestId: string): Trace | undefined;
  /** The latest traces of each route and job. */
  traces(spanMs?: number): readonly Trace[];
  /** Requests that stand for a point of a chart, slowest first. */
  exemplars(query: ExemplarQuery): readonly Exemplar[];
  /** Changes the distance between samples, or switches sampling off with 0; takes effect at once. @throws ProfilerError PROFILER_OPTIONS_INVALID */
  setSampling(sampling: { readonly intervalMs: number }): void;
  /** Adds what another thread or process sampled. */
  addSamples(folded: FoldedSamples): void;
  overhead(): Overhead;
  memory(): MemoryState;
  /**
   * Which types the heap consists of, and the largest collections. Stops the loop: 40 ms and 5 to 10 ms for each
   * megabyte of small objects; therefore only when asked for, and `undefined` above `mostBytes`.
   */
  heapCensus(options?: CensusOptions): HeapCensus | undefined;
  resources(): ResourceState;
  /** What is usual at each hour; hand it to the next process as {@link ProfilerOptions.baseline} or to its {@link learn}. */
  baseline(): BaselineState;
  /** Adds what a former process learned to be usual, when it can only be read later than the profiler was made. */
  learn(stored: BaselineState): void;
  /** Ends the window under way and folds what was sampled: for the end of a process, and for tests. */
  flush(): void;
  /** Calls `listener` with each finished window; the returned function ends it. */
  onWindow(listener: (window: Window) => void): () => void;
  /** Samples the main thread finely for `durationMs`, apart from the continuous sampling. */
  recordCpu(durationMs: number): Promise<CpuProfile>;
  health(): ComponentHealth;
}
