import { requests, type RequestEvent } from '@dataguardian/telemetry';
import { createBatch } from './batch.ts';

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

interface Finished {
  readonly event: RequestEvent;
  readonly at: number;
}

/** Notes only that a request has ended; who counts it is told later. */
export function createRequestFeed(now: () => number, onFailure: (error: unknown) => void): RequestFeed {
  const listeners = new Set<RequestListener>();
  let unsubscribe: (() => void) | undefined;
  const { add, settle } = createBatch<Finished>((finished) => {
    for (const listener of listeners) {
      for (const { event, at } of finished) {
        try {
          listener(event, at);
        } catch (error) {
          onFailure(error);
        }
      }
    }
  });

  return {
    start() {
      unsubscribe ??= requests.subscribe((event) => add({ event, at: now() }));
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
