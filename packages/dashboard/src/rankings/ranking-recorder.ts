import { createHistogram, queries, requests, type Clock, type Histogram } from '@dataguardian/telemetry';
import { RANKING_KINDS, type RankingKind } from '../api/rankings.ts';
import { encodeSketch } from '../history/sketch-codec.ts';
import {
  createMemoryRankingStore,
  LISTED,
  RANKING_LEVELS,
  type RankingQuestion,
  type RankingRow,
  type RankingStore,
} from './ranking-store.ts';

/** What the recorder works with. */
export interface RankingRecorderParts {
  readonly clock: Clock;
  readonly instance: string;
  /** Absent: the memory of this process alone. */
  readonly store: RankingStore | undefined;
}

/** Counts what each route, statement and user takes, by the minute. */
export interface RankingRecorder {
  /** Rows of this process, the unfinished bucket included. */
  rows(question: RankingQuestion): Promise<readonly RankingRow[]>;
  /** Writes what is due, and every half minute what the minute has so far. Rejects when the store does; what was not written stays due. */
  flush(): Promise<void>;
  /** Writes everything, the unfinished minute included. */
  finish(): Promise<void>;
  close(): void;
}

interface Count {
  readonly label: string;
  readonly histogram: Histogram;
  errorCount: number;
}

/** A finished request or statement. */
interface Counted {
  readonly durationMs: number;
  readonly failed: boolean;
  /** How many it stands for. @defaultValue 1 */
  readonly times?: number;
}

interface Bucket {
  at: number;
  readonly names: ReadonlyMap<RankingKind, Map<string, Count>>;
}

/** Names that a bucket tells apart; further ones count as the rest, so that nobody can fill the memory with names. */
const TOLD_APART = 500;
const LABEL_LENGTH = 200;
const MOST_DUE = 600;
/** Packing a minute of hundreds of names takes ten milliseconds: a crash may cost so much of it. */
const UNFINISHED_MS = 30_000;
const REST = '';

/** Records from now on. About a microsecond a request and half of one a statement. */
export function createRankingRecorder({ clock, instance, store }: RankingRecorderParts): RankingRecorder {
  const memory = createMemoryRankingStore();
  const open = RANKING_LEVELS.map(({ stepMs }) => ({
    stepMs,
    bucket: newBucket(Math.floor(clock.now() / stepMs) * stepMs),
  }));
  let due = new Map<string, RankingRow>();
  let unfinishedAt = Number.NEGATIVE_INFINITY;

  const keep = (row: RankingRow): void => {
    if (row.entries.length === 0) return;
    void memory.write([row]);
    if (store === undefined) return;
    due.set(`${row.stepMs} ${row.at} ${row.kind}`, row);
    if (due.size > MOST_DUE) due.delete(due.keys().next().value ?? '');
  };

  const rowsOf = (stepMs: number, bucket: Bucket): RankingRow[] =>
    RANKING_KINDS.map((kind) => ({
      stepMs,
      at: bucket.at,
      instance,
      kind,
      entries: toEntries(bucket.names.get(kind)),
    }));

  /** Ends the buckets that are over; each goes into the one of the next level. */
  const turn = (): void => {
    const now = clock.now();
    for (const [index, level] of open.entries()) {
      const at = Math.floor(now / level.stepMs) * level.stepMs;
      if (at === level.bucket.at) return;
      for (const row of rowsOf(level.stepMs, level.bucket)) keep(row);
      const above = open[index + 1];
      if (above !== undefined) {
        pour(level.bucket, above.bucket);
        // What is not over yet is written all the same, so that a crash costs a minute at most.
        for (const row of rowsOf(above.stepMs, above.bucket)) keep(row);
      }
      level.bucket = newBucket(at);
    }
  };

  const count = (kind: RankingKind, name: string, label: string, { durationMs, failed, times = 1 }: Counted): void => {
    turn();
    const own = open[0]?.bucket.names.get(kind);
    if (own === undefined) return;
    const counted = countOf(own, name, label);
    counted.histogram.record(durationMs, times);
    if (failed) counted.errorCount += times;
  };

  const write = async (withUnfinished: boolean): Promise<void> => {
    turn();
    if (store === undefined) return;
    const finished = due;
    due = new Map();
    const minute = open[0];
    const unfinished = minute === undefined || !withUnfinished ? [] : rowsOf(minute.stepMs, minute.bucket);
    const at = clock.now();
    try {
      await store.write([...finished.values(), ...unfinished.filter(({ entries }) => entries.length > 0)]);
      if (withUnfinished) unfinishedAt = at;
    } catch (error) {
      due = new Map([...finished, ...due]);
      throw error;
    }
  };

  const unsubscribe = [
    requests.subscribe(({ method, route, userId, durationMs, statusCode, standsFor: times = 1 }) => {
      const counted = { durationMs, failed: statusCode >= 500, times };
      count('route', `${method} ${route}`, `${method} ${route}`, counted);
      if (userId !== undefined) count('user', userId, userId, counted);
    }),
    queries.subscribe(({ fingerprint, statement, durationMs, failed }) =>
      count('statement', fingerprint, statement, { durationMs, failed }),
    ),
  ];

  return {
    async rows(question) {
      turn();
      const rows = new Map((await memory.read(question)).map((row) => [row.at, row]));
      const level = open.findIndex(({ stepMs }) => stepMs === question.stepMs);
      const bucket = open[level]?.bucket;
      if (bucket !== undefined && bucket.at >= question.from && bucket.at < question.to) {
        // The open bucket of a coarse level has everything up to the open ones of the finer levels.
        const whole = newBucket(bucket.at);
        for (const { bucket: finer } of open.slice(0, level + 1)) if (finer.at >= bucket.at) pour(finer, whole);
        for (const row of rowsOf(question.stepMs, whole))
          if (row.kind === question.kind && row.entries.length > 0) rows.set(row.at, row);
      }
      return [...rows.values()];
    },
    flush: () => write(clock.now() - unfinishedAt >= UNFINISHED_MS),
    finish: () => write(true),
    close() {
      for (const end of unsubscribe) end();
    },
  };
}

function newBucket(at: number): Bucket {
  return { at, names: new Map(RANKING_KINDS.map((kind) => [kind, new Map<string, Count>()])) };
}

function countOf(counts: Map<string, Count>, name: string, label: string): Count {
  const known = counts.get(name);
  if (known !== undefined) return known;
  const key = counts.size < TOLD_APART ? name : REST;
  const counted = counts.get(key) ?? {
    label: key === REST ? '' : label.slice(0, LABEL_LENGTH),
    histogram: createHistogram(),
    errorCount: 0,
  };
  counts.set(key, counted);
  return counted;
}

function pour(from: Bucket, into: Bucket): void {
  for (const [kind, counts] of from.names) {
    const target = into.names.get(kind);
    if (target === undefined) continue;
    for (const [name, { label, histogram, errorCount }] of counts) {
      const counted = countOf(target, name, label);
      counted.histogram.merge(histogram.state());
      counted.errorCount += errorCount;
    }
  }
}

/** The names that took most time; the rest together, last. */
function toEntries(counts: ReadonlyMap<string, Count> = new Map()): RankingRow['entries'] {
  const sorted = [...counts].toSorted(([, one], [, other]) => other.histogram.sum - one.histogram.sum);
  const listed = sorted.filter(([name]) => name !== REST).slice(0, LISTED);
  const names = new Set(listed.map(([name]) => name));
  const rest = { label: '', histogram: createHistogram(), errorCount: 0 };
  for (const [name, { histogram, errorCount }] of sorted) {
    if (names.has(name)) continue;
    rest.histogram.merge(histogram.state());
    rest.errorCount += errorCount;
  }
  const all = rest.histogram.count > 0 ? [...listed, [REST, rest] as const] : listed;
  return all.map(([name, { label, histogram, errorCount }]) => ({
    name,
    label,
    errorCount,
    sketch: encodeSketch(histogram.state()),
  }));
}
