import {
  createHistogram,
  type CacheVerdict,
  type Histogram,
  type HistogramState,
  type QueryEvent,
} from '@dataguardian/telemetry';

/** What one statement's shape cost, since the statistics started or forgot it. */
export interface StatementFigures {
  readonly fingerprint: string;
  /** Without literals. */
  readonly statement: string;
  readonly count: number;
  readonly failedCount: number;
  readonly rowCount: number;
  /** As callers saw it: waits for a connection and answers from the query cache included. */
  readonly totalMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Part of `totalMs` spent waiting for a connection. */
  readonly waitMs: number;
  /** Mean of the executions that reached the server, without that wait; 0 when none did. */
  readonly servedMeanMs: number;
  /** The same in the median, and of the fastest tenth the slowest. */
  readonly servedMedianMs: number;
  readonly servedP10Ms: number;
  readonly servedCount: number;
  /** Share of the time of all statements, 0..1. */
  readonly timeRatio: number;
  /** Answers by what the query cache did. */
  readonly verdicts: Readonly<Record<CacheVerdict, number>>;
  /** `file:line`, the most frequent first; sampled. */
  readonly callers: readonly string[];
  /** Epoch milliseconds. */
  readonly lastSeenAt: number;
}

/** What reached the server up to a moment; two of them give the time between. */
export interface ServedState {
  readonly rowCount: number;
  readonly times: HistogramState;
}

/** Counts one shape. */
export interface StatementRecord {
  readonly fingerprint: string;
  readonly statement: string;
  readonly totalMs: number;
  readonly count: number;
  /** @param nowMs Of the clock that never goes back. */
  add(event: QueryEvent, nowMs: number): void;
  /** @param allMs Time of all statements. @param toWallClock Turns what `add` got into epoch milliseconds. */
  figures(allMs: number, toWallClock: (monotonicMs: number) => number): StatementFigures;
  served(): ServedState;
  /** Estimate of what the record takes in memory. */
  readonly byteCount: number;
}

const CALLERS_KEPT = 5;
/** Measured, with a thousand executions of which a tenth waited: three histograms, and the fields. */
const BASE_BYTES = 12_500;

export function createStatementRecord(fingerprint: string, statement: string): StatementRecord {
  // Most executions neither hit the cache nor wait: one histogram holds what they took, for callers and for the server.
  const plainTimes = createHistogram();
  const hitTimes = createHistogram();
  const waitedTimes = createHistogram();
  const waitedServedTimes = createHistogram();
  const verdicts: Record<CacheVerdict, number> = { hit: 0, miss: 0, uncacheable: 0, bypass: 0, off: 0 };
  const callers = new Map<string, number>();
  let count = 0;
  let failedCount = 0;
  let rowCount = 0;
  let totalMs = 0;
  let waitMs = 0;
  let lastSeenMs = 0;
  return {
    fingerprint,
    statement,
    byteCount: BASE_BYTES + statement.length * 2,
    get totalMs() {
      return totalMs;
    },
    get count() {
      return count;
    },
    add(event, nowMs) {
      const { durationMs } = event;
      count += 1;
      totalMs += durationMs;
      lastSeenMs = nowMs;
      if (event.failed) {
        failedCount += 1;
        return;
      }
      verdicts[event.verdict] += 1;
      rowCount += event.rowCount;
      if (event.verdict === 'hit') hitTimes.record(durationMs);
      else if (event.waitMs === 0) plainTimes.record(durationMs);
      else {
        waitMs += event.waitMs;
        waitedTimes.record(durationMs);
        waitedServedTimes.record(durationMs - event.waitMs);
      }
      if (event.caller !== undefined) countCaller(callers, event.caller);
    },
    figures(allMs, toWallClock) {
      const times = merge([plainTimes, hitTimes, waitedTimes]);
      const served = merge([plainTimes, waitedServedTimes]);
      return {
        fingerprint,
        statement,
        count,
        failedCount,
        rowCount,
        totalMs,
        meanMs: count === 0 ? 0 : totalMs / count,
        ...toQuantiles(times),
        maxMs: times.max,
        waitMs,
        servedMeanMs: served.count === 0 ? 0 : served.sum / served.count,
        servedMedianMs: served.quantile(0.5),
        servedP10Ms: served.quantile(0.1),
        servedCount: served.count,
        timeRatio: allMs === 0 ? 0 : totalMs / allMs,
        verdicts: { ...verdicts },
        callers: [...callers].toSorted((one, other) => other[1] - one[1]).map(([caller]) => caller),
        lastSeenAt: toWallClock(lastSeenMs),
      };
    },
    served: () => ({ rowCount, times: merge([plainTimes, waitedServedTimes]).state() }),
  };
}

function merge(parts: readonly Histogram[]): Histogram {
  const whole = createHistogram();
  for (const part of parts) whole.merge(part.state());
  return whole;
}

function toQuantiles(times: Histogram): Pick<StatementFigures, 'p50Ms' | 'p95Ms' | 'p99Ms'> {
  return { p50Ms: times.quantile(0.5), p95Ms: times.quantile(0.95), p99Ms: times.quantile(0.99) };
}

/** Keeps the frequent ones: a newcomer takes the place of the rarest, with its count (Metwally et al., Space-Saving, 2005). */
function countCaller(callers: Map<string, number>, caller: string): void {
  const count = callers.get(caller);
  if (count !== undefined || callers.size < CALLERS_KEPT) {
    callers.set(caller, (count ?? 0) + 1);
    return;
  }
  const [rarest, least] = [...callers].reduce((one, other) => (other[1] < one[1] ? other : one));
  callers.delete(rarest);
  callers.set(caller, least + 1);
}
