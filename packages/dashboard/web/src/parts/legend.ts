import { drawing, element } from '../dom.ts';
import { figure } from '../format.ts';
import { palette } from '../plot.ts';
import type { ChartSpec } from './line-chart.ts';

type Value = number | null | undefined;

/** Names and values of the lines of a chart, beside its title. */
export interface Legend {
  readonly node: HTMLElement;
  /** One value a line, as measured. Touches the page only where a text or a colour is another. */
  write(values: readonly Value[]): void;
}

export function createLegend(spec: ChartSpec): Legend {
  const node = element('span', { class: 'legend' });
  const entries = spec.lines.map(({ name }) => {
    const dot = drawing('circle', { cx: '4', cy: '4', r: '4' });
    // One text node for good: setting it anew would make elements, which is dearer than changing them.
    const value = document.createTextNode('');
    const icon = drawing('svg', { width: '8', height: '8', 'aria-hidden': 'true' }, dot);
    node.append(element('span', {}, icon, spec.lines.length > 1 ? name : '', element('b', {}, value)));
    return { dot, value, colour: '' };
  });
  return {
    node,
    write(values) {
      const { lines: colours } = palette();
      for (const [place, entry] of entries.entries()) {
        const text = inWords(spec, place, values[place]);
        if (entry.value.data !== text) entry.value.data = text;
        const colour = colours[place % colours.length] ?? '';
        if (entry.colour !== colour) entry.dot.setAttribute('fill', (entry.colour = colour));
      }
    },
  };
}

/** A value of the line at `place` as people read it. */
export function inWords({ unit, lines }: ChartSpec, place: number, value: Value): string {
  return value === null || value === undefined ? '–' : `${figure(value * (lines[place]?.factor ?? 1))}${suffix(unit)}`;
}

/** The unit as it follows a figure. */
export function suffix(unit: string): string {
  return unit === '' || unit === '%' || unit.startsWith('/') ? unit : ` ${unit}`;
}
