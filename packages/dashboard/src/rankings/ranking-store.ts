import type { RankingKind } from '../api/rankings.ts';
import type { PackedSketch } from '../history/sketch-codec.ts';

/** What one process saw of one kind in one bucket of time: the names that took most, and the rest together. */
export interface RankingRow {
  /** Length of the bucket: one of {@link RANKING_LEVELS}. */
  readonly stepMs: number;
  /** Start of the bucket, epoch milliseconds. */
  readonly at: number;
  readonly instance: string;
  readonly kind: RankingKind;
  readonly entries: readonly RankingEntry[];
}

/** One name in a bucket; the empty name stands for all that are not listed. */
export interface RankingEntry {
  readonly name: string;
  /** What it is called where the name is a hash. */
  readonly label: string;
  readonly errorCount: number;
  readonly sketch: PackedSketch;
}

/** Which rows to read. */
export interface RankingQuestion {
  readonly stepMs: number;
  readonly kind: RankingKind;
  /** Rows with `from <= at < to`. */
  readonly from: number;
  readonly to: number;
}

/** Where rankings are kept. Writing a row again replaces it. */
export interface RankingStore {
  write(rows: readonly RankingRow[]): Promise<void>;
  /** In any order. */
  read(question: RankingQuestion): Promise<readonly RankingRow[]>;
  /** Removes what is older than its level is kept for. */
  expire(now: number): Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From fine to coarse; `readMs` is the longest range that is made of this level. */
export const RANKING_LEVELS = [
  { stepMs: MINUTE_MS, readMs: 3 * HOUR_MS, keptMs: 2 * DAY_MS, keptInMemoryMs: 3 * HOUR_MS },
  { stepMs: 10 * MINUTE_MS, readMs: 30 * HOUR_MS, keptMs: 14 * DAY_MS, keptInMemoryMs: DAY_MS },
  { stepMs: HOUR_MS, readMs: Number.POSITIVE_INFINITY, keptMs: 90 * DAY_MS, keptInMemoryMs: 7 * DAY_MS },
] as const;

/** Names that a row lists; what is beyond is added up. */
export const LISTED = 20;

/** Rankings that last as long as the process. */
export function createMemoryRankingStore(): RankingStore {
  const levels = new Map<number, Map<string, RankingRow>>(RANKING_LEVELS.map(({ stepMs }) => [stepMs, new Map()]));
  return {
    write(rows) {
      for (const row of rows) {
        const kept = levels.get(row.stepMs);
        const level = RANKING_LEVELS.find(({ stepMs }) => stepMs === row.stepMs);
        if (kept === undefined || level === undefined) continue;
        kept.set(`${row.at} ${row.instance} ${row.kind}`, row);
        // Rows come in the order of time, and a map keeps that order: the oldest are first.
        for (const [key, old] of kept) {
          if (old.at >= row.at - level.keptInMemoryMs) break;
          kept.delete(key);
        }
      }
      return Promise.resolve();
    },
    read: ({ stepMs, kind, from, to }) =>
      Promise.resolve(
        [...(levels.get(stepMs)?.values() ?? [])].filter((row) => row.kind === kind && row.at >= from && row.at < to),
      ),
    expire: () => Promise.resolve(),
  };
}
