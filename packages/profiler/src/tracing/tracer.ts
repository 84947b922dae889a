import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '@dataguardian/telemetry';
import type { Labels } from '../sampling/labels.ts';
import type { TimeScale } from '../sampling/time-scale.ts';
import type { Timeline } from '../sampling/timeline.ts';
import type { OpenSpan } from './span.ts';
import { addSpan, openTrace, type OpenTrace, type Trace } from './trace.ts';

/** Knows for whom the running code works. */
export interface Tracer {
  /** Runs `work` as a trace of its own, or within the trace under way when there is one. */
  run<Result>(job: JobDescription, work: () => Result): Result;
  /** Begins a request's trace for everything that follows in this turn and whatever it causes. */
  enter(name: string): OpenTrace;
  /** Says that a request begins for which none is opened. */
  pass(): void;
  finish(trace: OpenTrace): void;
  current(): OpenTrace | undefined;
  /** Runs `work` for that trace: what a driver calls back may come from somebody else's turn. */
  within<Result>(trace: OpenTrace | undefined, work: () => Result): Result;
  /** Notes a finished span on the trace under way, and tells whoever listens. */
  record(span: OpenSpan, trace?: OpenTrace): void;
  /** Says that code of the trace under way runs from now on. */
  mark(): void;
}

/** A piece of work that is no request: a queue's job, a scan's chunk. */
export interface JobDescription {
  /** A name of few kinds, such as `scan chunk`. */
  readonly name: string;
  readonly labels?: Labels;
}

/** What the tracer tells. */
export interface TracerListeners {
  readonly onSpan: (span: OpenSpan, trace: OpenTrace | undefined) => void;
  readonly onTrace: (trace: OpenTrace) => void;
}

/** What a tracer stands on. */
export interface TracerParts {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly scale: TimeScale;
}

const MOST_NAMES = 500;

/** Creates a tracer on the clock's monotonic time. */
export function createTracer({ clock, timeline, scale }: TracerParts, { onSpan, onTrace }: TracerListeners): Tracer {
  const storage = new AsyncLocalStorage<OpenTrace>();
  const labelsByName = new Map<string, Labels>();

  /** Labels that name the route alone are the same for all its requests. */
  const labelsOf = (name: string): Labels => {
    let labels = labelsByName.get(name);
    if (labels === undefined) {
      labels = Object.freeze({ route: name });
      if (labelsByName.size >= MOST_NAMES) labelsByName.clear();
      labelsByName.set(name, labels);
    }
    return labels;
  };

  const open = (kind: Trace['kind'], name: string, labels: Labels): OpenTrace => {
    const begunAt = clock.monotonic();
    const trace = openTrace({ kind, name, labels, at: clock.now(), begunAt });
    timeline.enter(scale.toUs(begunAt), trace.owner);
    return trace;
  };

  const finish = (trace: OpenTrace): void => {
    if (trace.durationMs !== undefined) return;
    const endedAt = clock.monotonic();
    trace.durationMs = endedAt - trace.begunAt;
    timeline.leave(scale.toUs(endedAt), trace.owner);
    onTrace(trace);
  };

  return {
    run(job, work) {
      if (storage.getStore() !== undefined) return work();
      const trace = open('job', job.name, { ...job.labels, route: job.name });
      let result: ReturnType<typeof work>;
      try {
        result = storage.run(trace, work);
      } catch (error) {
        trace.failed = true;
        finish(trace);
        throw error;
      }
      if (!(result instanceof Promise)) {
        finish(trace);
        return result;
      }
      // The caller gets a promise that settles after the trace is closed; its type is that of the work's promise.
      return result.then(
        (value: unknown) => {
          finish(trace);
          return value;
        },
        (error: unknown) => {
          trace.failed = true;
          finish(trace);
          throw error;
        },
      ) as ReturnType<typeof work>;
    },
    enter(name) {
      const trace = open('request', name, labelsOf(name));
      storage.enterWith(trace);
      return trace;
    },
    // Without it the samples that follow would be charged to whoever ran before.
    pass: () => timeline.pass(scale.nowUs),
    finish,
    current: () => storage.getStore(),
    within: (trace, work) => (trace === undefined || storage.getStore() === trace ? work() : storage.run(trace, work)),
    record(span, trace = storage.getStore()) {
      if (trace !== undefined && trace.durationMs === undefined) {
        addSpan(trace, span);
        timeline.mark(scale.nowUs(), trace.owner);
      }
      onSpan(span, trace);
    },
    mark() {
      const trace = storage.getStore();
      if (trace !== undefined) timeline.mark(scale.nowUs(), trace.owner);
    },
  };
}
