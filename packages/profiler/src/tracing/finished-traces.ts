import { type Batch, createBatch } from '../batch.ts';
import type { OpenTrace } from './trace.ts';

/** Traces that have ended: named and reported when they are settled, then kept. */
export function createFinishedTraces(
  keep: (trace: OpenTrace) => void,
  onFailure: (error: unknown) => void,
): Batch<OpenTrace> {
  let traceCount = 0;
  return createBatch((traces) => {
    for (const trace of traces) {
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
  });
}
