import { createHistogram, poolStates, queries, type CacheVerdict, type PoolEvent } from '@dataguardian/telemetry';
import type { Collector, Durations } from '../collector.ts';
import { toDurations } from '../durations.ts';

/** Statements that finished in the window, and the pool at its end. */
export interface QueryPart extends Durations {
  readonly count: number;
  readonly failedCount: number;
  readonly rowCount: number;
  readonly waitP95Ms: number;
  /** Statements by what the query cache did with them. */
  readonly verdicts: Readonly<Record<CacheVerdict, number>>;
  readonly pool: PoolEvent;
}

const NO_POOL: PoolEvent = { total: 0, idle: 0, waiting: 0, max: 0 };

/** Counts and times database statements. */
export function createQueryCollector(): Collector<QueryPart> {
  const durations = createHistogram();
  const waits = createHistogram();
  let failedCount = 0;
  let rowCount = 0;
  let verdicts = noVerdicts();
  let pool = NO_POOL;
  let unsubscribe: (() => void)[] = [];
  return {
    start() {
      if (unsubscribe.length > 0) return;
      unsubscribe = [
        queries.subscribe((event) => {
          durations.record(event.durationMs);
          waits.record(event.waitMs);
          rowCount += event.rowCount;
          verdicts[event.verdict] += 1;
          if (event.failed) failedCount += 1;
        }),
        poolStates.subscribe((event) => {
          pool = event;
        }),
      ];
    },
    collect() {
      const part = {
        count: durations.count,
        failedCount,
        rowCount,
        waitP95Ms: waits.quantile(0.95),
        verdicts,
        pool,
        ...toDurations(durations),
      };
      durations.reset();
      waits.reset();
      failedCount = 0;
      rowCount = 0;
      verdicts = noVerdicts();
      return part;
    },
    stop() {
      for (const end of unsubscribe) end();
      unsubscribe = [];
    },
  };
}

function noVerdicts(): Record<CacheVerdict, number> {
  return { hit: 0, miss: 0, uncacheable: 0, bypass: 0, off: 0 };
}
