import { createHistogram } from '@dataguardian/telemetry';
import type { Collector, Durations } from '../collector.ts';
import { toDurations } from '../durations.ts';
import type { RequestFeed } from '../request-feed.ts';

/** HTTP requests that finished in the window. */
export interface RequestPart extends Durations {
  readonly count: number;
  /** Answers of 500 and above. */
  readonly errorCount: number;
  readonly bytes: number;
}

/** Counts and times finished HTTP requests. */
export function createRequestCollector(feed: RequestFeed): Collector<RequestPart> {
  const histogram = createHistogram();
  let errorCount = 0;
  let bytes = 0;
  let unsubscribe: (() => void) | undefined;
  return {
    start() {
      unsubscribe ??= feed.subscribe((event) => {
        const { durationMs, standsFor = 1 } = event;
        histogram.record(durationMs, standsFor);
        bytes += event.bytes * standsFor;
        if (event.statusCode >= 500) errorCount += standsFor;
      });
    },
    collect() {
      const part = { count: histogram.count, errorCount, bytes, ...toDurations(histogram) };
      histogram.reset();
      errorCount = 0;
      bytes = 0;
      return part;
    },
    stop() {
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}
