import { language } from './text.ts';

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
/** Where the clock of this browser stands; every time on the pages is of there. */
export const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const NOTHING = '–';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT_MS = 12 * HOUR;

type Maybe = number | null | undefined;

const given = (value: Maybe): value is number => value !== null && value !== undefined && Number.isFinite(value);

export const count = (value: Maybe): string => (given(value) ? whole.format(value) : NOTHING);

export const figure = (value: Maybe): string => (given(value) ? fine.format(value) : NOTHING);

export const percent = (ratio: Maybe): string => (given(ratio) ? share.format(ratio) : NOTHING);

/** Milliseconds in the unit that people would choose. */
export function duration(ms: Maybe): string {
  if (!given(ms)) return NOTHING;
  if (ms < 1_000) return `${fine.format(ms)} ms`;
  if (ms < 2 * MINUTE) return `${fine.format(ms / 1_000)} s`;
  if (ms < 2 * HOUR) return `${fine.format(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `${fine.format(ms / HOUR)} h` : `${fine.format(ms / DAY)} d`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(value: Maybe): string {
  if (!given(value)) return NOTHING;
  const power = Math.min(UNITS.length - 1, value <= 0 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${fine.format(value / 1_024 ** power)} ${UNITS[power] ?? ''}`;
}

export const time = (at: Maybe): string => (given(at) ? clock.format(at) : NOTHING);

export const moment = (at: Maybe): string => (given(at) ? day.format(at) : NOTHING);

/** To the second within the last hours, else to the minute with its day. */
export const when = (at: Maybe): string => (given(at) && Date.now() - at < RECENT_MS ? clock.format(at) : moment(at));

/** "3 minutes ago". */
export function ago(at: Maybe): string {
  if (!given(at)) return NOTHING;
  const passed = at - Date.now();
  const [unit, size] = (
    [
      ['day', DAY],
      ['hour', HOUR],
      ['minute', MINUTE],
      ['second', 1_000],
    ] as const
  ).find(([, length]) => Math.abs(passed) >= length) ?? ['second', 1_000];
  return relative.format(Math.round(passed / size), unit);
}

/** A gain as the share that it saves, and as a factor: "76% (4.2×)". */
export const gain = (value: Maybe): string =>
  given(value) && value > 0 ? `${share.format(1 - 1 / value)} (${fine.format(value)}×)` : NOTHING;

/** A value in the unit of its metric. */
export function inUnit(value: Maybe, unit: string): string {
  if (unit === 'ms') return duration(value);
  if (unit === 'bytes') return bytes(value);
  if (unit === 'ratio') return percent(value);
  if (unit === 'bytesPerSecond') return given(value) ? `${bytes(value)}/s` : NOTHING;
  if (unit === 'perMinute') return given(value) ? `${figure(value * 60)}/min` : NOTHING;
  return unit === 'perSecond' ? `${figure(value)}/s` : figure(value);
}

const SHOWN_SEGMENTS = 3;

/** The end of a long path, which says which file it is; names without folders stay as they are. */
export function place(location: string): string {
  const segments = location.split('/');
  return segments.length <= SHOWN_SEGMENTS + 1 ? location : `…/${segments.slice(-SHOWN_SEGMENTS).join('/')}`;
}

/** A sentence with its long paths shortened. */
export function shorten(text: string): string {
  return text.replaceAll(/\/[^\s:]*(?:\/[^\s:/]+){3,}/g, (path) => place(path));
}
