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
  add(event: QueryEvent, now: number): void;
  figures(allMs: number): StatementFigures;
  served(): ServedState;
  /** Estimate of what the record takes in memory. */
  readonly byteCount: number;
}

const CALLERS_KEPT = 5;
/** Two histograms with some tens of buckets each, and the fields. */
const BASE_BYTES = 3_000;

export function createStatementRecord(fingerprint: string, statement: string): StatementRecord {
  const times = createHistogram();
  const servedTimes = createHistogram();
  const verdicts: Record<CacheVerdict, number> = { hit: 0, miss: 0, uncacheable: 0, bypass: 0, off: 0 };
  const callers = new Map<string, number>();
  let failedCount = 0;
  let rowCount = 0;
  let waitMs = 0;
  let lastSeenAt = 0;
  return {
    fingerprint,
    statement,
    byteCount: BASE_BYTES + statement.length * 2,
    get totalMs() {
      return times.sum;
    },
    add(event, now) {
      times.record(event.durationMs);
      lastSeenAt = now;
      if (event.failed) {
        failedCount += 1;
        return;
      }
      verdicts[event.verdict] += 1;
      rowCount += event.rowCount;
      waitMs += event.waitMs;
      if (event.verdict !== 'hit') servedTimes.record(event.durationMs - event.waitMs);
      if (event.caller !== undefined) countCaller(callers, event.caller);
    },
    figures: (allMs) => ({
      fingerprint,
      statement,
      count: times.count,
      failedCount,
      rowCount,
      totalMs: times.sum,
      meanMs: times.count === 0 ? 0 : times.sum / times.count,
      ...toQuantiles(times),
      maxMs: times.max,
      waitMs,
      servedMeanMs: servedTimes.count === 0 ? 0 : servedTimes.sum / servedTimes.count,
      servedCount: servedTimes.count,
      timeRatio: allMs === 0 ? 0 : times.sum / allMs,
      verdicts: { ...verdicts },
      callers: [...callers].toSorted((one, other) => other[1] - one[1]).map(([caller]) => caller),
      lastSeenAt,
    }),
    served: () => ({ rowCount, times: servedTimes.state() }),
  };
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
