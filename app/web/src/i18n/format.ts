import type { Language } from './language.ts';

/** Writes numbers, sizes, times and dates the way the language does. */
export interface Formats {
  number(value: number): string;
  /** A ratio 0..1 as a percentage; two digits below 10 %. */
  percent(ratio: number): string;
  /** Bytes with a decimal unit, at most four characters of digits. */
  bytes(bytes: number): string;
  /** A day, such as 23 Nov 2026. */
  date(at: string | number): string;
  dateTime(at: string | number): string;
  /** Hours and minutes today, the date otherwise. */
  moment(at: string | number): string;
  /** How long ago, in the largest whole unit. */
  ago(at: string | number): string;
  /** A length of time with its two largest units. */
  duration(ms: number): string;
  list(parts: readonly string[]): string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

function formatDuration(ms: number, unit: (value: number, name: string) => string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (ms < 950) return unit(Math.max(0, Math.round(ms)), 'millisecond');
  if (seconds < 60) return unit(seconds, 'second');
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), 'minute')} ${unit(seconds % 60, 'second')}`;
  if (seconds < 86_400)
    return `${unit(Math.floor(seconds / 3600), 'hour')} ${unit(Math.floor((seconds % 3600) / 60), 'minute')}`;
  return `${unit(Math.floor(seconds / 86_400), 'day')} ${unit(Math.floor((seconds % 86_400) / 3600), 'hour')}`;
}

/** The formats of one language; build it once per language. */
export function createFormats(language: Language): Formats {
  const locale = language === 'en' ? 'en-GB' : 'nl-NL';
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (value: number, name: string): string => {
    const known = units.get(name) ?? new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
    units.set(name, known);
    return known.format(value);
  };
  return {
    number: (value) => number.format(value),
    percent: (ratio) => percent.format(ratio),
    bytes: (bytes) => {
      const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
      const step = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
      const value = bytes / 1000 ** step;
      const digits = step === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
      return `${value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${names[step]}`;
    },
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    moment: (at) => {
      const day = new Date(at);
      return (day.toDateString() === new Date().toDateString() ? time : date).format(day);
    },
    ago: (at) => {
      const ms = new Date(at).getTime() - Date.now();
      const age = Math.abs(ms);
      if (age < minuteMs) return relative.format(0, 'second');
      if (age < hourMs) return relative.format(Math.trunc(ms / minuteMs), 'minute');
      if (age < dayMs) return relative.format(Math.trunc(ms / hourMs), 'hour');
      if (age < 30 * dayMs) return relative.format(Math.trunc(ms / dayMs), 'day');
      return date.format(new Date(at));
    },
    duration: (ms) => formatDuration(ms, unit),
    list: (parts) => list.format(parts),
  };
}
