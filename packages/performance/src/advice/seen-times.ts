import type { IndexProof, Queryable, ServedState } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** What a call of the affected statements takes in the application, now and with the change. */
export interface SeenTimes {
  readonly beforeMs: number;
  readonly afterMs: number;
  /** With the fastest and the slowest way to the server, and run on the copy, that were seen. */
  readonly afterRangeMs: readonly [low: number, high: number];
}

/** Where the figures come from. */
export interface SeenTimesSources {
  /** What has reached the server, and what had when the time right before now began. */
  readonly now: ReadonlyMap<string, ServedState>;
  readonly earlier: ReadonlyMap<string, ServedState>;
  /** Times of the shortest statement there is, through the application's own pool. */
  readonly wayMs: readonly number[];
}

/** Fewer executions say less than the copy does. */
const FEWEST_EXECUTIONS = 10;

/**
 * Turns times on an idle copy into times that the application sees. Before the change it is what was observed of late.
 * After it, a plan of microseconds is mostly the way to the server and back, which no index shortens: what the shortest
 * statement takes is added to the fastest run on the copy, unless the proof knows of more. Nor is more of a call saved than
 * on the copy: what the application waits for besides is no work of the index.
 */
export function toSeenTimes({ before, after, affected }: IndexProof, sources: SeenTimesSources): SeenTimes {
  const way = sources.wayMs.toSorted((a, b) => a - b);
  const middle = way[Math.floor(way.length / 2)] ?? 0;
  const beforeMs = observedMs(affected, sources) ?? before.medianMs;
  const perCopied = beforeMs / Math.max(before.medianMs, Number.MIN_VALUE);
  const atLeast = (ms: number, wayMs: number): number => Math.max(ms, after.minMs + wayMs, ms * perCopied);
  return {
    beforeMs,
    afterMs: atLeast(after.medianMs, middle),
    afterRangeMs: [atLeast(after.minMs, way[0] ?? 0), atLeast(after.maxMs, way.at(-1) ?? 0)],
  };
}

function observedMs(affected: IndexProof['affected'], { now, earlier }: SeenTimesSources): number | undefined {
  let sumMs = 0;
  let weight = 0;
  for (const { fingerprint, count } of affected) {
    const state = now.get(fingerprint);
    if (state === undefined) return undefined;
    const former = earlier.get(fingerprint);
    const isContinued = former !== undefined && former.times.count < state.times.count;
    const executions = state.times.count - (isContinued ? former.times.count : 0);
    if (executions < FEWEST_EXECUTIONS) return undefined;
    sumMs += (count * (state.times.sum - (isContinued ? former.times.sum : 0))) / executions;
    weight += count;
  }
  return weight === 0 ? undefined : sumMs / weight;
}

const WAY_RUNS = 9;
const WAY_EVERY_MS = 25;

/** Asks for nothing through the application's pool, a few times, with what else it does between. */
export async function measureWay(
  database: { withConnection<Result>(work: (sql: Queryable) => Promise<Result>): Promise<Result> },
  clock: Clock,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < WAY_RUNS; run++) {
    times.push(
      await database.withConnection(async (sql) => {
        const startedAt = clock.monotonic();
        await sql.query('select 1');
        return clock.monotonic() - startedAt;
      }),
    );
    await clock.sleep(WAY_EVERY_MS);
  }
  return times;
}
