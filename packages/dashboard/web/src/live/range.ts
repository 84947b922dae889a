import { readAddress, writeAddress } from '../address.ts';

/** What the charts show: the last so many minutes as they pass, or a fixed stretch. */
export type Range =
  | { readonly kind: 'live'; readonly spanMs: number }
  | { readonly kind: 'past'; readonly spanMs: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Choices by their name in the URL. Live ones come over the stream, the others from the history. */
export const RANGES: Readonly<Record<string, Range>> = {
  '5m': { kind: 'live', spanMs: 5 * MINUTE },
  '15m': { kind: 'live', spanMs: 15 * MINUTE },
  '1h': { kind: 'past', spanMs: HOUR },
  '6h': { kind: 'past', spanMs: 6 * HOUR },
  '24h': { kind: 'past', spanMs: 24 * HOUR },
  '7d': { kind: 'past', spanMs: 7 * 24 * HOUR },
};

/** The range that all charts of the page share, and that the URL keeps. */
export interface RangeChoice {
  readonly current: Range;
  readonly name: string;
  /** What it is compared with, as `GET /series?compare=` takes it; nothing for live ranges. */
  readonly comparison: string | undefined;
  choose(name: string): void;
  zoom(from: number, to: number): void;
  compare(comparison: string | undefined): void;
  onChange(listener: () => void): void;
  /** The stretch in epoch milliseconds. */
  bounds(): { readonly from: number; readonly to: number };
}

const DEFAULT = '5m';
const LIVE: Range = { kind: 'live', spanMs: 5 * MINUTE };

export function createRangeChoice(): RangeChoice {
  const listeners: (() => void)[] = [];
  const write = (changes: Readonly<Record<string, string | undefined>>): void => {
    writeAddress(changes);
    for (const listener of listeners) listener();
  };
  const read = (): { name: string; range: Range } => {
    const [from, to] = [Number(readAddress('from')), Number(readAddress('to'))];
    if (from > 0 && to > from) return { name: 'custom', range: { kind: 'fixed', from, to } };
    const name = readAddress('range') ?? DEFAULT;
    const range = RANGES[name];
    return range === undefined ? { name: DEFAULT, range: LIVE } : { name, range };
  };
  return {
    get current() {
      return read().range;
    },
    get name() {
      return read().name;
    },
    get comparison() {
      return read().range.kind === 'live' ? undefined : readAddress('compare');
    },
    choose: (name) => write({ from: undefined, to: undefined, range: name }),
    zoom: (from, to) => write({ from: String(Math.round(from)), to: String(Math.round(to)) }),
    compare: (comparison) => write({ compare: comparison }),
    onChange: (listener) => void listeners.push(listener),
    bounds() {
      const { range } = read();
      if (range.kind === 'fixed') return range;
      const to = Date.now();
      return { from: to - range.spanMs, to };
    },
  };
}
