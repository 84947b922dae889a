import type { StatementObserver } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** How long the statements of one database waited for a connection, second by second. */
export interface WaitMeter {
  /** Give it to the pool. */
  readonly observer: StatementObserver;
  /** Mean wait of what finished in whole seconds of the stretch (epoch milliseconds); `NaN` when nothing did. */
  meanMs(from: number, to: number): number;
}

const SECOND_MS = 1_000;
/** Five minutes. */
const CAPACITY = 300;

/** Creates a meter that has seen nothing. */
export function createWaitMeter(clock: Clock): WaitMeter {
  const seconds = new Float64Array(CAPACITY);
  const waitMs = new Float64Array(CAPACITY);
  const counts = new Float64Array(CAPACITY);
  return {
    observer: {
      asked: () => undefined,
      finished(statement) {
        // Answered from memory: it asked for no connection.
        if (statement.verdict === 'hit') return;
        const second = Math.floor(clock.now() / SECOND_MS);
        const slot = second % CAPACITY;
        if (seconds[slot] !== second) {
          seconds[slot] = second;
          waitMs[slot] = 0;
          counts[slot] = 0;
        }
        waitMs[slot] = (waitMs[slot] ?? 0) + statement.waitMs;
        counts[slot] = (counts[slot] ?? 0) + 1;
      },
    },
    meanMs(from, to) {
      let sum = 0;
      let count = 0;
      for (let second = Math.ceil(from / SECOND_MS); (second + 1) * SECOND_MS <= to; second++) {
        const slot = second % CAPACITY;
        if (seconds[slot] !== second) continue;
        sum += waitMs[slot] ?? 0;
        count += counts[slot] ?? 0;
      }
      return count === 0 ? Number.NaN : sum / count;
    },
  };
}
