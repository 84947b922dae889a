import type { TimeRange } from '../api/section.ts';

/** Which recording: what one process sampled in one bucket of time. */
export interface RecordingKey {
  /** Length of the bucket: one of {@link RECORDING_LEVELS}. */
  readonly stepMs: number;
  /** Start of the bucket, epoch milliseconds. */
  readonly at: number;
  readonly instance: string;
}

/** What a recording can be asked for, so that nobody has to unpack it to know. */
export interface RecordingFacets {
  readonly routes: readonly string[];
  /** Keyed hashes. */
  readonly users: readonly string[];
  readonly scans: readonly string[];
}

/** A recording to be kept. */
export interface RecordingRow extends RecordingKey {
  readonly facets: RecordingFacets;
  readonly body: Uint8Array;
}

/** Where recordings are kept. Writing one again replaces it. */
export interface RecordingStore {
  write(rows: readonly RecordingRow[]): Promise<void>;
  /** Those that overlap the range, without their bodies; in any order. */
  list(range: TimeRange): Promise<readonly (RecordingKey & { readonly facets: RecordingFacets })[]>;
  /** Bodies of those that are still there. */
  read(keys: readonly RecordingKey[]): Promise<readonly Uint8Array[]>;
  /** Removes what is older than its level is kept for. */
  expire(now: number): Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From fine to coarse; `readMs` is the longest range for which this level is wanted first. */
export const RECORDING_LEVELS = [
  { stepMs: MINUTE_MS, readMs: HOUR_MS, keptMs: 2 * HOUR_MS },
  { stepMs: 10 * MINUTE_MS, readMs: 12 * HOUR_MS, keptMs: 2 * DAY_MS },
  { stepMs: HOUR_MS, readMs: 3 * DAY_MS, keptMs: 7 * DAY_MS },
  { stepMs: DAY_MS, readMs: Number.POSITIVE_INFINITY, keptMs: 30 * DAY_MS },
] as const;

/**
 * Recordings that tell a range without telling any of it twice: of the level that suits its length, and of the others
 * where that has none. A bucket belongs to a range when its middle lies within, or when the range is shorter and lies
 * around the middle of the bucket's.
 */
export function coverRange<Key extends RecordingKey>(keys: readonly Key[], range: TimeRange): readonly Key[] {
  const wanted = RECORDING_LEVELS.findIndex(({ readMs }) => range.to - range.from <= readMs);
  // Finer ones first where the wanted level has nothing yet, then coarser ones where the finer are gone.
  const finer = RECORDING_LEVELS.slice(0, wanted).toReversed();
  const order = [...RECORDING_LEVELS.slice(wanted, wanted + 1), ...finer, ...RECORDING_LEVELS.slice(wanted + 1)];
  const taken = new Set<string>();
  const chosen: Key[] = [];
  for (const { stepMs } of order)
    for (const key of keys) {
      if (key.stepMs !== stepMs || !belongs(key, range)) continue;
      const minutes = Array.from(
        { length: stepMs / MINUTE_MS },
        (_, minute) => `${key.instance} ${key.at + minute * MINUTE_MS}`,
      );
      if (minutes.some((minute) => taken.has(minute))) continue;
      for (const minute of minutes) taken.add(minute);
      chosen.push(key);
    }
  return chosen;
}

function belongs({ at, stepMs }: RecordingKey, { from, to }: TimeRange): boolean {
  const middle = at + stepMs / 2;
  if (middle >= from && middle < to) return true;
  const centre = (from + to) / 2;
  return to - from < stepMs && centre >= at && centre < at + stepMs;
}
