import type { OpenTrace } from './trace.ts';

/** Traces that have ended and are not looked at yet. */
export interface FinishedTraces {
  add(trace: OpenTrace): void;
  /** Looks at them, oldest first. */
  settle(): void;
}

/** More are looked at at once, however long the next beat is away. */
const MOST_WAITING = 256;

/** Puts off what need not be done where a request ends, for the reason of `createRequestFeed`. */
export function createFinishedTraces(
  keep: (trace: OpenTrace) => void,
  onFailure: (error: unknown) => void,
): FinishedTraces {
  let waiting: OpenTrace[] = [];
  let traceCount = 0;

  const settle = (): void => {
    if (waiting.length === 0) return;
    const due = waiting;
    waiting = [];
    for (const trace of due) {
      try {
        // One that a request event named keeps that name.
        if (trace.id === '') trace.id = `t${(++traceCount).toString(36)}`;
        const { report } = trace;
        trace.report = undefined;
        report?.(trace);
        keep(trace);
      } catch (error) {
        onFailure(error);
      }
    }
  };

  return {
    add(trace) {
      waiting.push(trace);
      if (waiting.length >= MOST_WAITING) settle();
    },
    settle,
  };
}
