import { element } from '../dom.ts';
import { palette, plot } from '../plot.ts';
import { figure } from './figure.ts';
import { card, empty } from './parts.ts';

/** Things and how much of something each takes. */
export interface Bars {
  readonly unit: string;
  /** The greatest first. */
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  readonly whenEmpty: string;
}

const BAR = 26;
const AROUND = 44;
const NAME_LENGTH = 46;
const PER_LETTER = 6.4;
const WIDEST_NAMES = 320;
/** On a phone the bars need the room themselves. */
const NARROW = 600;
const NARROW_LENGTH = 18;

/** Bars that lie, the greatest on top, each with its name. */
export function barChart(id: string, title: string, { unit, bars, whenEmpty }: Bars): HTMLElement {
  if (bars.length === 0) return card(title, empty(whenEmpty));
  const node = element('div', { class: 'plot', role: 'img', 'aria-label': title });
  const colours = palette();
  const most = innerWidth < NARROW ? NARROW_LENGTH : NAME_LENGTH;
  const names = bars.map(({ name }) => (name.length > most ? `${name.slice(0, most - 1)}…` : name));
  const room = Math.min(WIDEST_NAMES, Math.max(...names.map(({ length }) => length)) * PER_LETTER + 16);
  void plot(
    node,
    [
      {
        type: 'bar',
        orientation: 'h',
        // Two may have the same name: places are numbers, names are what the axis calls them.
        y: bars.map((_, index) => index),
        x: bars.map(({ value }) => value),
        customdata: bars.map(({ name }) => name.slice(0, 120)),
        marker: { color: colours.lines[0], opacity: 0.85 },
        hovertemplate: `%{customdata}<br>%{x:,.3~f} ${unit}<extra></extra>`,
      },
    ],
    {
      bargap: 0.35,
      margin: { l: room, r: 16, t: 4, b: 30 },
      xaxis: {
        gridcolor: colours.grid,
        rangemode: 'tozero',
        tickformat: ',~f',
        ticksuffix: ` ${unit}`,
        nticks: 6,
        fixedrange: true,
      },
      yaxis: {
        autorange: 'reversed',
        fixedrange: true,
        tickvals: bars.map((_, index) => index),
        ticktext: names,
        ticklabelstandoff: 6,
      },
    },
    bars.length * BAR + AROUND,
  );
  return figure(
    { id, title },
    { node, shown: () => ({ names: ['name', unit], rows: bars.map(({ name, value }) => [name, value]) }) },
  );
}
