import { requests, type RequestEvent } from '@dataguardian/telemetry';

/** Hears of a finished request. @param at Epoch milliseconds at its end. */
export type RequestListener = (event: RequestEvent, at: number) => void;

/** Finished requests, told in batches. */
export interface RequestFeed {
  start(): void;
  /** Tells what has come, and nothing any more. */
  stop(): void;
  subscribe(listener: RequestListener): () => void;
  /** Tells what has come since it last did. */
  settle(): void;
}

/** More are told at once, however long the next beat is away. */
const MOST_WAITING = 256;

/**
 * Counting a request where it ends costs more than twice what it costs in a batch: between two requests a program has used up
 * the processor's caches (docs/benchmarks/profiler.md). So only its arrival is noted.
 */
export function createRequestFeed(now: () => number, onFailure: (error: unknown) => void): RequestFeed {
  const listeners = new Set<RequestListener>();
  let events: RequestEvent[] = [];
  let ends: number[] = [];
  let unsubscribe: (() => void) | undefined;

  const settle = (): void => {
    if (events.length === 0) return;
    const due = events;
    const dueEnds = ends;
    events = [];
    ends = [];
    for (const listener of listeners) {
      let index = 0;
      for (const event of due) {
        try {
          listener(event, dueEnds[index++] ?? 0);
        } catch (error) {
          onFailure(error);
        }
      }
    }
  };

  return {
    start() {
      unsubscribe ??= requests.subscribe((event) => {
        events.push(event);
        ends.push(now());
        if (events.length >= MOST_WAITING) settle();
      });
    },
    stop() {
      unsubscribe?.();
      unsubscribe = undefined;
      settle();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settle,
  };
}
