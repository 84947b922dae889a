import type { StatementObserver } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** How long the statements of one database took, the wait for a connection included, second by second. */
export interface StatementMeter {
  /** Give it to the pool. */
  readonly observer: StatementObserver;
  /** Means of what finished in whole seconds of the stretch (epoch milliseconds); `NaN` when nothing did. */
  times(from: number, to: number): StatementTimes;
}

/** Mean time of a statement, and the part of it spent waiting for a connection. */
export interface StatementTimes {
  readonly meanMs: number;
  readonly waitMs: number;
}

const SECOND_MS = 1_000;
/** Five minutes. */
const CAPACITY = 300;

/** Creates a meter that has seen nothing. */
export function createStatementMeter(clock: Clock): StatementMeter {
  const seconds = new Float64Array(CAPACITY);
  const totalMs = new Float64Array(CAPACITY);
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
          totalMs[slot] = 0;
          waitMs[slot] = 0;
          counts[slot] = 0;
        }
        totalMs[slot] = (totalMs[slot] ?? 0) + statement.durationMs;
        waitMs[slot] = (waitMs[slot] ?? 0) + statement.waitMs;
        counts[slot] = (counts[slot] ?? 0) + 1;
      },
    },
    times(from, to) {
      let sum = 0;
      let waited = 0;
      let count = 0;
      for (let second = Math.ceil(from / SECOND_MS); (second + 1) * SECOND_MS <= to; second++) {
        const slot = second % CAPACITY;
        if (seconds[slot] !== second) continue;
        sum += totalMs[slot] ?? 0;
        waited += waitMs[slot] ?? 0;
        count += counts[slot] ?? 0;
      }
      return count === 0 ? NOTHING : { meanMs: sum / count, waitMs: waited / count };
    },
  };
}

const NOTHING: StatementTimes = { meanMs: Number.NaN, waitMs: Number.NaN };
