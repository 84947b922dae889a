import type { ScanEvent } from '../scan-event.ts';

/** Events on their way from several producers to one consumer. */
export interface EventQueue {
  push(events: readonly ScanEvent[], onTaken: () => void): void;
  end(): void;
  fail(error: unknown): void;
  /** The events in order of arrival, until the end. @throws what `fail` was told, after the events before it. */
  drain(): AsyncGenerator<ScanEvent>;
}

/** Makes an empty queue. */
export function createEventQueue(): EventQueue {
  const batches: { readonly events: readonly ScanEvent[]; readonly onTaken: () => void }[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  return {
    push(events, onTaken) {
      batches.push({ events, onTaken });
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    fail(error) {
      failure ??= { error };
      wake?.();
    },
    async *drain() {
      for (;;) {
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          yield* batch.events;
          batch.onTaken();
        }
        if (failure) throw failure.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
