import type { Clock } from '@dataguardian/telemetry';

/** Callers that wait for something, served in the order in which they came. */
export interface WaitQueue<Item> {
  readonly length: number;
  /** How long the first has been waiting; 0 when nobody waits. */
  oldestWaitMs(): number;
  /** Joins the end. @throws what `toTimeout` gives once the deadline has passed. */
  join(): Promise<Item>;
  /** Gives `item` to the first; false when nobody waits. */
  serve(item: Item): boolean;
  failAll(error: Error): void;
}

interface Caller<Item> {
  readonly askedAt: number;
  readonly resolve: (item: Item) => void;
  readonly reject: (error: Error) => void;
}

/** What a queue is made of. */
export interface WaitQueueOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly toTimeout: () => Error;
}

export function createWaitQueue<Item>({ clock, timeoutMs, toTimeout }: WaitQueueOptions): WaitQueue<Item> {
  const callers: Caller<Item>[] = [];
  return {
    get length() {
      return callers.length;
    },
    oldestWaitMs() {
      const first = callers[0];
      return first === undefined ? 0 : clock.monotonic() - first.askedAt;
    },
    join: () =>
      new Promise((resolve, reject) => {
        const caller: Caller<Item> = {
          askedAt: clock.monotonic(),
          resolve(item) {
            timer.cancel();
            resolve(item);
          },
          reject(error) {
            timer.cancel();
            reject(error);
          },
        };
        const timer = clock.schedule(timeoutMs, () => {
          const index = callers.indexOf(caller);
          if (index === -1) return;
          callers.splice(index, 1);
          reject(toTimeout());
        });
        callers.push(caller);
      }),
    serve(item) {
      const caller = callers.shift();
      caller?.resolve(item);
      return caller !== undefined;
    },
    failAll(error) {
      for (const caller of callers.splice(0)) caller.reject(error);
    },
  };
}
