import { element } from '../dom.ts';
import { palette, plot } from '../plot.ts';
import { figure } from './figure.ts';

/** A share of a ring. */
export interface Slice {
  readonly name: string;
  readonly value: number;
  readonly colour: 'good' | 'warn' | 'bad' | 'soft' | 'first' | 'second' | 'third';
}

/** What a ring shows: its shares, and a figure in its middle. */
export interface Ring {
  readonly slices: readonly Slice[];
  readonly middle: string;
}

/** A donut with a figure in its middle. */
export function donut(id: string, title: string, { slices, middle }: Ring): HTMLElement {
  const node = element('div', { class: 'plot', role: 'img', 'aria-label': `${title}: ${middle}` });
  const colours = palette();
  const toColour = ({ colour }: Slice): string =>
    ({
      good: colours.good,
      warn: colours.warn,
      bad: colours.bad,
      soft: colours.grid,
      first: colours.lines[0] ?? '',
      second: colours.lines[2] ?? '',
      third: colours.lines[1] ?? '',
    })[colour];
  void plot(
    node,
    [
      {
        type: 'pie',
        hole: 0.66,
        sort: false,
        direction: 'clockwise',
        labels: slices.map(({ name }) => name),
        values: slices.map(({ value }) => value),
        marker: { colors: slices.map(toColour), line: { color: colours.card, width: 2 } },
        textinfo: 'none',
        hovertemplate: '%{label}: %{value:,} (%{percent})<extra></extra>',
      },
    ],
    {
      annotations: [{ text: middle, showarrow: false, font: { size: 24, weight: 640, color: colours.ink } }],
      legend: { orientation: 'h', y: -0.1 },
      margin: { l: 8, r: 8, t: 8, b: 8 },
    },
    220,
  );
  return figure(
    { id, title },
    { node, shown: () => ({ names: ['name', 'value'], rows: slices.map(({ name, value }) => [name, value]) }) },
  );
}

const WARN_AT = 0.75;
const BAD_AT = 0.9;

/** The whole ring is drawn; its lower half, which is empty, is cut off. */
const RING = 260;

/** Half a ring that fills up: how much of something is used, and of how much. */
export function gauge(title: string, ratio: number | null | undefined, text: string, whole: string): HTMLElement {
  const node = element('div', { class: 'plot', role: 'img', 'aria-label': `${title}: ${text} ${whole}` });
  const colours = palette();
  const used = Math.min(1, Math.max(0, ratio ?? 0));
  const colour = used >= BAD_AT ? colours.bad : used >= WARN_AT ? colours.warn : colours.good;
  void plot(
    node,
    [
      {
        type: 'pie',
        hole: 0.74,
        sort: false,
        direction: 'clockwise',
        rotation: -90,
        values: [used / 2, (1 - used) / 2, 0.5],
        marker: { colors: [colour, colours.grid, 'rgba(0,0,0,0)'] },
        textinfo: 'none',
        hoverinfo: 'skip',
        showlegend: false,
      },
    ],
    { margin: { l: 8, r: 8, t: 8, b: 8 } },
    RING,
  );
  const body = element(
    'div',
    { class: 'half' },
    node,
    element('p', { 'aria-hidden': 'true' }, element('b', {}, text), element('small', {}, whole)),
  );
  const shown = figure(
    { id: `gauge-${title.toLowerCase().replaceAll(' ', '-')}`, title },
    {
      node,
      body,
      shown: () => ({ names: ['name', 'share', 'value', 'whole'], rows: [[title, ratio ?? null, text, whole]] }),
    },
  );
  shown.classList.add('gauge');
  return shown;
}
