import type { Clock, Timer } from '@dataguardian/telemetry';

/** A clock that stands still until it is turned. */
export interface FakeClock extends Clock {
  /** Lets `durationMs` pass: runs due timers in order, giving promises room to settle after each. */
  advance(durationMs: number): Promise<void>;
  /** Moves the wall clock alone, as an operator or NTP would. */
  jump(offsetMs: number): void;
  /** Timers that wait. */
  readonly timerCount: number;
}

interface Waiting {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** @param startAt The wall clock's first reading, in epoch milliseconds. */
export function createFakeClock(startAt: number = Date.UTC(2026, 0, 1)): FakeClock {
  const waiting = new Set<Waiting>();
  let elapsedMs = 0;
  let offsetMs = startAt;
  let order = 0;

  const schedule = (delayMs: number, run: () => void): Timer => {
    const entry: Waiting = { dueAt: elapsedMs + Math.max(0, delayMs), order: order++, run };
    waiting.add(entry);
    return { cancel: () => void waiting.delete(entry) };
  };

  const nextDue = (until: number): Waiting | undefined => {
    let next: Waiting | undefined;
    for (const entry of waiting) {
      if (entry.dueAt > until) continue;
      if (next === undefined || entry.dueAt < next.dueAt || (entry.dueAt === next.dueAt && entry.order < next.order))
        next = entry;
    }
    return next;
  };

  return {
    now: () => offsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    schedule,
    repeat(periodMs, callback) {
      let timer: Timer;
      const arm = (): void => {
        timer = schedule(periodMs, () => {
          arm();
          callback();
        });
      };
      arm();
      return { cancel: () => timer.cancel() };
    },
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const timer = schedule(delayMs, resolve);
        signal?.addEventListener('abort', () => {
          timer.cancel();
          reject(signal.reason as Error);
        });
      });
    },
    async advance(durationMs) {
      const until = elapsedMs + durationMs;
      await settle();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        waiting.delete(due);
        elapsedMs = Math.max(elapsedMs, due.dueAt);
        due.run();
        await settle();
      }
      elapsedMs = until;
      await settle();
    },
    jump(byMs) {
      offsetMs += byMs;
    },
    get timerCount() {
      return waiting.size;
    },
  };
}

const SETTLE_ROUNDS = 20;

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
