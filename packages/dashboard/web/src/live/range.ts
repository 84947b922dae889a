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
  readonly compares: boolean;
  choose(name: string): void;
  zoom(from: number, to: number): void;
  compare(on: boolean): void;
  onChange(listener: () => void): void;
  /** The stretch in epoch milliseconds. */
  bounds(): { readonly from: number; readonly to: number };
}

export function createRangeChoice(): RangeChoice {
  const listeners: (() => void)[] = [];
  const search = (): URLSearchParams => new URLSearchParams(location.search);
  const write = (change: (parameters: URLSearchParams) => void): void => {
    const parameters = search();
    change(parameters);
    const text = parameters.toString();
    history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
    for (const listener of listeners) listener();
  };
  const read = (): { name: string; range: Range } => {
    const [from, to] = [Number(search().get('from')), Number(search().get('to'))];
    if (from > 0 && to > from) return { name: 'custom', range: { kind: 'fixed', from, to } };
    const name = search().get('range') ?? '5m';
    const range = RANGES[name];
    return range === undefined ? { name: '5m', range: { kind: 'live', spanMs: 5 * MINUTE } } : { name, range };
  };
  return {
    get current() {
      return read().range;
    },
    get name() {
      return read().name;
    },
    get compares() {
      return search().get('compare') === 'previous';
    },
    choose: (name) =>
      write((parameters) => {
        parameters.delete('from');
        parameters.delete('to');
        parameters.set('range', name);
      }),
    zoom: (from, to) =>
      write((parameters) => {
        parameters.set('from', String(Math.round(from)));
        parameters.set('to', String(Math.round(to)));
      }),
    compare: (on) =>
      write((parameters) => {
        if (on) parameters.set('compare', 'previous');
        else parameters.delete('compare');
      }),
    onChange: (listener) => void listeners.push(listener),
    bounds() {
      const { range } = read();
      if (range.kind === 'fixed') return range;
      const to = Date.now();
      return { from: to - range.spanMs, to };
    },
  };
}
