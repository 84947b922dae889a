import { queries, systemClock, type Clock, type QueryEvent } from '@dataguardian/telemetry';
import { toFingerprint } from '../fingerprint.ts';
import type { StatementObserver } from '../statement-runner.ts';
import { createCallerFinder } from './caller.ts';
import { createStatementSampler, type StatementSampler } from './literal-samples.ts';
import { createRepetitionWatch, type Repetition } from './repetition.ts';
import {
  createStatementRecord,
  type ServedState,
  type StatementFigures,
  type StatementRecord,
} from './statement-record.ts';

/** What bounds the statistics. */
export interface StatementStatisticsOptions {
  readonly clock?: Clock;
  /** A source of numbers in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
  /** Shapes remembered, as far as `maxBytes` allows; the one not seen for longest is forgotten first. @defaultValue 1_000 */
  readonly maxStatements?: number;
  /** @defaultValue 8 MiB */
  readonly maxBytes?: number;
  /** One of so many executions is sampled with its values; slow ones more often, the first ones always. @defaultValue 32 */
  readonly sampledShare?: number;
  /** @defaultValue 50 */
  readonly slowMs?: number;
  /** Callers are given relative to this folder. @defaultValue the working folder */
  readonly folder?: string;
}

/** What every statement cost, by shape. Values never leave it but through `sampler`. */
export interface StatementStatistics {
  /** The costliest statements. @param order `by` @defaultValue 'total'; `limit` @defaultValue 20 */
  top(order?: { readonly by?: StatementOrder; readonly limit?: number }): readonly StatementFigures[];
  find(fingerprint: string): StatementFigures | undefined;
  /** What reached the server so far, by fingerprint; compare two to see the time between. */
  served(): ReadonlyMap<string, ServedState>;
  /** Statements that look like one query per row of another. */
  repetitions(): readonly Repetition[];
  /** Give it to the pool: finds callers, and hands sampled executions to `sampler`. */
  readonly observer: StatementObserver;
  /** Values of sampled executions, in memory only. */
  readonly sampler: StatementSampler;
  /** When counting started, epoch milliseconds. */
  readonly startedAt: number;
  readonly byteCount: number;
  /** Stops listening and forgets everything. */
  close(): void;
}

/** Time of all executions, mean of one, its 99th percentile, or how often. */
export type StatementOrder = 'total' | 'mean' | 'p99' | 'count';

const DEFAULT_STATEMENTS = 1_000;
const DEFAULT_BYTES = 8 * 1024 * 1024;
const SAMPLED_SHARE = 32;
const SLOW_MS = 50;
const ALWAYS_SAMPLED = 4;
const SLOW_SHARE = 4;
const MOVED_SHARE = 32;
/** Events that are counted together; whoever asks for figures has the rest counted first. */
const COUNTED_AT_ONCE = 64;
const EXPIRE_EVERY_MS = 5 * 60_000;
const REMEMBERED_TEXTS = 4_000;
const MOST_IGNORED = 2_000;
/** What this package itself asks, and what is no work: kept out, so that looking does not change what is seen. */
const OWN =
  /^(?:explain|prepare dgopt_|execute dgopt_|deallocate|begin|commit|rollback|savepoint|release|set|reset|show|start transaction)\b|\bdgopt_|\bpg_catalog\.|\bpg_(?:stat|class|index|locks|namespace|attribute|constraint|try_advisory|advisory)\w*\b/i;

const KEYS: Readonly<Record<StatementOrder, (figures: StatementFigures) => number>> = {
  total: ({ totalMs }) => totalMs,
  mean: ({ meanMs }) => meanMs,
  p99: ({ p99Ms }) => p99Ms,
  count: ({ count }) => count,
};

/** Counts what the `queries` channel tells of from now on. */
export function createStatementStatistics(options: StatementStatisticsOptions = {}): StatementStatistics {
  const {
    clock = systemClock,
    random = Math.random,
    maxStatements = DEFAULT_STATEMENTS,
    maxBytes = DEFAULT_BYTES,
    sampledShare = SAMPLED_SHARE,
    slowMs = SLOW_MS,
    folder = process.cwd(),
  } = options;
  // Oldest first: a record that is used moves to the end.
  const records = new Map<string, StatementRecord>();
  const ignored = new Set<string>();
  const offered = new Map<string, { count: number; readonly fingerprint: string | undefined }>();
  const callers = createCallerFinder(folder);
  const repetitions = createRepetitionWatch();
  const sampler = createStatementSampler({ random, now: () => clock.now() });
  const expiring = clock.repeat(EXPIRE_EVERY_MS, () => sampler.expire());
  let byteCount = 0;

  const admit = ({ fingerprint, statement }: QueryEvent): StatementRecord | undefined => {
    if (ignored.has(fingerprint)) return undefined;
    if (OWN.test(statement)) {
      if (ignored.size >= MOST_IGNORED) ignored.clear();
      ignored.add(fingerprint);
      return undefined;
    }
    const record = createStatementRecord(fingerprint, statement);
    byteCount += record.byteCount;
    return record;
  };

  const evict = (): void => {
    for (const [fingerprint, record] of records) {
      if (records.size <= maxStatements && byteCount <= maxBytes) break;
      records.delete(fingerprint);
      sampler.drop(fingerprint);
      byteCount -= record.byteCount;
    }
  };

  const count = (event: QueryEvent, nowMs: number): void => {
    const known = records.get(event.fingerprint);
    const record = known ?? admit(event);
    if (record === undefined) return;
    record.add(event, nowMs);
    repetitions.add(event, nowMs);
    // The order by last use may lag a little: moving a record costs as much as counting.
    if (known !== undefined && record.count > MOVED_SHARE && record.count % MOVED_SHARE !== 0) return;
    records.delete(event.fingerprint);
    records.set(event.fingerprint, record);
    if (known === undefined) evict();
  };

  // Between two statements the application pushes all this out of the processor's caches: counted one by one, most of
  // the price is fetching it again.
  const isSystemTime = clock === systemClock;
  const waiting: QueryEvent[] = [];
  const waitingSince = new Float64Array(COUNTED_AT_ONCE);
  const countWaiting = (): void => {
    for (const [place, event] of waiting.entries()) count(event, waitingSince[place] ?? 0);
    waiting.length = 0;
  };

  const stop = queries.subscribe((event) => {
    waitingSince[waiting.length] = isSystemTime ? (event.endedAtMs ?? clock.monotonic()) : clock.monotonic();
    if (waiting.push(event) === COUNTED_AT_ONCE) countWaiting();
  });

  const observer: StatementObserver = {
    asked: (text) => callers.find(text),
    finished({ text, values, durationMs, waitMs, verdict, failed }) {
      if (failed || verdict === 'hit') return;
      let counted = offered.get(text);
      if (counted === undefined) {
        if (offered.size >= REMEMBERED_TEXTS) offered.clear();
        const { id, statement } = toFingerprint(text);
        counted = { count: 0, fingerprint: OWN.test(statement) ? undefined : id };
        offered.set(text, counted);
      }
      if (counted.fingerprint === undefined) return;
      const offeredCount = counted.count;
      counted.count += 1;
      const share = durationMs - waitMs >= slowMs ? SLOW_SHARE : sampledShare;
      if (offeredCount < ALWAYS_SAMPLED || offeredCount % share === 0)
        sampler.sample(counted.fingerprint, text, values);
    },
  };

  const toWallClock = (monotonicMs: number): number => clock.now() - (clock.monotonic() - monotonicMs);
  const allMs = (): number => [...records.values()].reduce((sum, { totalMs }) => sum + totalMs, 0);

  return {
    top({ by = 'total', limit = 20 } = {}) {
      countWaiting();
      const all = allMs();
      const key = KEYS[by];
      return [...records.values()]
        .map((record) => record.figures(all, toWallClock))
        .toSorted((one, other) => key(other) - key(one))
        .slice(0, limit);
    },
    find(fingerprint) {
      countWaiting();
      return records.get(fingerprint)?.figures(allMs(), toWallClock);
    },
    served() {
      countWaiting();
      return new Map([...records].map(([fingerprint, record]) => [fingerprint, record.served()]));
    },
    repetitions() {
      countWaiting();
      return repetitions.list();
    },
    observer,
    sampler: {
      ...sampler,
      get byteCount() {
        return sampler.byteCount;
      },
      drop(fingerprint) {
        sampler.drop(fingerprint);
        // The next executions count as first ones again.
        offered.clear();
      },
    },
    startedAt: clock.now(),
    get byteCount() {
      countWaiting();
      return byteCount;
    },
    close() {
      stop();
      expiring.cancel();
      waiting.length = 0;
      records.clear();
      sampler.drop();
      byteCount = 0;
    },
  };
}
