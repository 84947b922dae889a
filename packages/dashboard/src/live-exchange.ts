import type { Clock } from '@dataguardian/telemetry';
import type { DashboardDatabase } from './database.ts';
import type { Reading } from './history/accumulator.ts';
import { CATALOGUE, METRIC_NAMES } from './history/catalogue.ts';
import type { HistoryRow } from './history/history-store.ts';
import { mergeRows } from './history/merge-rows.ts';
import type { Recorder } from './history/recorder.ts';

/** What the exchange works with. */
export interface LiveExchangeParts {
  readonly recorder: Pick<Recorder, 'recent' | 'onReading'>;
  /** Absent: this process is alone. */
  readonly database: DashboardDatabase | undefined;
  readonly clock: Clock;
  readonly instance: string;
  /** Live processes, this one included. */
  readonly instanceCount: () => number;
  readonly hasWatchers: () => boolean;
  readonly onFault: (error: unknown) => void;
}

/**
 * Seconds of all processes as one. While somebody watches anywhere, each process leaves its latest second in a table of
 * one row a process; whoever is watched adds those of the others to its own. Nothing is written or read otherwise.
 */
export interface LiveExchange {
  onReading(listener: (reading: Reading) => void): () => void;
  recent(after: number): readonly Reading[];
  /** Says that somebody watches here; asks whether somebody watches elsewhere. Each round, and with the first watcher. */
  tend(): Promise<void>;
  /** Ends it; resolves when nothing of it is under way. */
  close(): Promise<void>;
}

/** A watched process says so each round; what it said is forgotten after two and a half. */
const WATCHED_MS = 25_000;
/** What others left is theirs of now unless it is older. */
const FRESH_MS = 4_000;
const KEPT = 900;
const STEP_MS = 1_000;
const NO_SKETCHES: HistoryRow['sketches'] = new Map();

interface Left {
  readonly instance: string;
  readonly at: number;
  readonly readings: Readonly<Record<string, number | null>>;
}

export function createLiveExchange(parts: LiveExchangeParts): LiveExchange {
  const { recorder, database, clock, instance, instanceCount, hasWatchers, onFault } = parts;
  let watchedUntil = 0;
  let others: readonly Left[] = [];
  let merged: Reading[] = [];
  let swapping: Promise<void> | undefined;
  let stop = (): void => undefined;

  const isAlone = (): boolean => database === undefined || instanceCount() < 2;

  /** Leaves the second and takes those of the others; what comes late counts in the next second. */
  const swap = async ({ at, values }: Reading): Promise<void> => {
    if (database === undefined) return;
    const readings = Object.fromEntries(
      METRIC_NAMES.flatMap((name, index) => {
        const value = values[index] ?? Number.NaN;
        return Number.isNaN(value) ? [] : [[name, value]];
      }),
    );
    await database.query(LEAVE, [instance, Math.round(at), JSON.stringify(readings)]);
    others = hasWatchers() ? (await database.query<Left>(TAKE, [instance, clock.now() - FRESH_MS])).rows : [];
  };

  const merge = (reading: Reading): Reading => {
    const fresh = others.filter(({ at }) => at > clock.now() - FRESH_MS);
    if (fresh.length === 0) return reading;
    const at = Math.round(reading.at) - STEP_MS;
    const toRow = (from: string, values: Float64Array): HistoryRow => ({
      stepMs: STEP_MS,
      at,
      instance: from,
      coveredMs: STEP_MS,
      values,
      sketches: NO_SKETCHES,
    });
    const rows = [
      toRow(instance, reading.values),
      ...fresh.map((left) =>
        toRow(
          left.instance,
          Float64Array.from(METRIC_NAMES, (name) => left.readings[name] ?? Number.NaN),
        ),
      ),
    ];
    return {
      ...reading,
      values: Float64Array.from(CATALOGUE, (metric) => mergeRows(metric, rows, Math.round(reading.at))),
    };
  };

  return {
    onReading: (listener) =>
      recorder.onReading((reading) => {
        if (isAlone()) {
          listener(reading);
          return;
        }
        const whole = merge(reading);
        merged = [...merged.slice(1 - KEPT), whole];
        listener(whole);
      }),
    // Seconds of this process alone would look like a fall of all.
    recent: (after) => (isAlone() ? recorder.recent(after) : merged.filter(({ at }) => at > after)),
    async tend() {
      if (database === undefined || isAlone()) return;
      const now = clock.now();
      if (hasWatchers()) await database.query(WATCH, [instance, now + WATCHED_MS]);
      const { rows } = await database.query<{ until: number | null }>(
        'select max(watched_until)::float8 as until from dashboard_watchers',
      );
      const isWatched = watchedUntil > now;
      watchedUntil = rows[0]?.until ?? 0;
      if (isWatched || watchedUntil <= now) return;
      stop = recorder.onReading((reading) => {
        if (clock.now() > watchedUntil) stop();
        else
          swapping ??= swap(reading)
            .catch(onFault)
            .finally(() => {
              swapping = undefined;
            });
      });
    },
    async close() {
      stop();
      await swapping;
    },
  };
}

const LEAVE = `
insert into dashboard_live (instance, at, readings) values ($1, $2, $3::jsonb)
on conflict (instance) do update set at = excluded.at, readings = excluded.readings`;
const TAKE = 'select instance, at::float8 as at, readings from dashboard_live where instance <> $1 and at > $2';
const WATCH = `
insert into dashboard_watchers (instance, watched_until) values ($1, $2)
on conflict (instance) do update set watched_until = excluded.watched_until`;
