import type { Window } from '../windows.ts';

/** A metric that is far from what the same hour of other days knew. */
export interface HourlyDeviation {
  readonly metric: string;
  readonly value: number;
  /** Median of the same hour on other days. */
  readonly usual: number;
  /** Median absolute deviation of the same hour, scaled to a standard deviation. */
  readonly spread: number;
  readonly dayCount: number;
}

/** What was usual, as plain data: by metric and hour of the day (UTC) the medians of the latest days. */
export type BaselineState = Readonly<Record<string, readonly (readonly DayValue[])[]>>;

/** One day's median for one hour. */
export interface DayValue {
  /** Days since 1970. */
  readonly day: number;
  readonly value: number;
}

/** Remembers what is usual at each hour of the day. */
export interface Baseline {
  observe(window: Window): void;
  deviations(at: number): readonly HourlyDeviation[];
  /** To be stored and handed to the next process. */
  state(): BaselineState;
  /** Adds what a former process stored; of days known here, what is known here stays. */
  learn(stored: BaselineState): void;
}

/** Metrics that should not depend on the load at this hour. */
const WATCHED: Readonly<Record<string, (minute: readonly Window[]) => number>> = {
  'requests.p95': (minute) => Math.max(...minute.map(({ requests }) => requests.p95Ms)),
  'requests.errorRatio': (minute) =>
    ratio(
      sum(minute, ({ requests }) => requests.errorCount),
      count(minute),
    ),
  'cpu.perRequest': (minute) =>
    ratio(
      sum(minute, ({ runtime, durationMs }) => runtime.cpuRatio * durationMs),
      count(minute),
    ),
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAYS_KEPT = 14;
/** Fewer days do not tell what is usual. */
const FEWEST_DAYS = 3;
/** A minute with fewer requests has no quantile to speak of. */
const FEWEST_REQUESTS = 20;
/** Three minutes in a row: one slow minute is a hiccup. */
const MINUTES = 3;
/** Scale of the median absolute deviation to a standard deviation of normal data. */
const MAD_SCALE = 1.4826;
const DEVIATIONS = 5;
const LEAST_EFFECT = 0.5;

/** Creates a baseline, empty or from what a former process stored. */
export function createBaseline(stored: BaselineState = {}): Baseline {
  const days = new Map<string, DayValue[][]>(
    Object.keys(WATCHED).map((name) => [
      name,
      Array.from({ length: 24 }, (_, hour) => [...(stored[name]?.[hour] ?? [])]),
    ]),
  );
  let minute: Window[] = [];
  let minuteNumber = Number.NaN;
  let hourNumber = Number.NaN;
  /** Values of the minutes of this hour. */
  const minutes = new Map<string, number[]>();

  const closeHour = (): void => {
    const hour = hourNumber % 24;
    const day = Math.floor(hourNumber / 24);
    for (const [name, values] of minutes) {
      if (values.length < MINUTES) continue;
      const slot = days.get(name)?.[hour];
      slot?.push({ day, value: median(values) });
      if ((slot?.length ?? 0) > DAYS_KEPT) slot?.shift();
    }
    minutes.clear();
  };

  const closeMinute = (): void => {
    if (count(minute) >= FEWEST_REQUESTS) {
      for (const [name, read] of Object.entries(WATCHED)) {
        const value = read(minute);
        if (Number.isNaN(value)) continue;
        minutes.set(name, [...(minutes.get(name) ?? []), value]);
      }
    }
    minute = [];
  };

  return {
    observe(window) {
      const number = Math.floor(window.at / MINUTE_MS);
      if (number !== minuteNumber) {
        closeMinute();
        minuteNumber = number;
      }
      const hour = Math.floor(window.at / HOUR_MS);
      if (hour !== hourNumber) {
        if (!Number.isNaN(hourNumber)) closeHour();
        hourNumber = hour;
      }
      minute.push(window);
    },
    deviations(at) {
      const today = Math.floor(at / DAY_MS);
      const hour = Math.floor(at / HOUR_MS) % 24;
      return Object.keys(WATCHED).flatMap((metric) => {
        const latest = (minutes.get(metric) ?? []).slice(-MINUTES);
        const others = (days.get(metric)?.[hour] ?? []).filter(({ day }) => day !== today).map(({ value }) => value);
        if (latest.length < MINUTES || others.length < FEWEST_DAYS) return [];
        const value = Math.min(...latest);
        const usual = median(others);
        const spread = median(others.map((other) => Math.abs(other - usual))) * MAD_SCALE;
        const isFar = value > usual + DEVIATIONS * spread && value > usual * (1 + LEAST_EFFECT) && value > 0;
        return isFar ? [{ metric, value, usual, spread, dayCount: others.length }] : [];
      });
    },
    learn(former) {
      for (const [name, slots] of days) {
        for (const [hour, slot] of slots.entries()) {
          const known = new Set(slot.map(({ day }) => day));
          const added = (former[name]?.[hour] ?? []).filter(({ day }) => !known.has(day));
          slots[hour] = [...added, ...slot].toSorted((a, b) => a.day - b.day).slice(-DAYS_KEPT);
        }
      }
    },
    state: () => Object.fromEntries([...days].map(([name, slots]) => [name, slots.map((slot) => [...slot])])),
  };
}

function count(minute: readonly Window[]): number {
  return sum(minute, ({ requests }) => requests.count);
}

function sum(minute: readonly Window[], read: (window: Window) => number): number {
  return minute.reduce((total, window) => total + read(window), 0);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : Number.NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
