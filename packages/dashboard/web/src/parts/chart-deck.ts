import type { SeriesAnswer } from '../../../src/api/series.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import type { LiveStore } from '../live/live-store.ts';
import type { RangeChoice } from '../live/range.ts';
import { fromLocalHands, palette, plot, savePicture, toLocalHands, type PlotNode } from '../plot.ts';
import { texts } from '../text.ts';

/** One line of a chart: which metric, how it is called, and what its values are multiplied by. */
export interface Line {
  readonly metric: string;
  readonly name: string;
  readonly factor?: number;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly range?: readonly [number, number];
}

/** Charts that share their range, their data and their zoom. */
export interface ChartDeck {
  readonly figures: readonly HTMLElement[];
  /** Draws live charts again. */
  tick(): void;
  /** Reads the chosen range again. */
  refresh(): Promise<void>;
}

interface Drawn {
  readonly spec: ChartSpec;
  readonly node: PlotNode;
  /** What is on screen, for the files. */
  columns: { readonly at: readonly number[]; readonly lines: readonly (readonly (number | null)[])[] };
  isZoomable: boolean;
}

const POINTS = 600;

export function createChartDeck(specs: readonly ChartSpec[], live: LiveStore, range: RangeChoice): ChartDeck {
  const drawn = specs.map((spec): Drawn => ({
    spec,
    node: element('div', { class: 'plot' }),
    columns: { at: [], lines: [] },
    isZoomable: false,
  }));
  let series: SeriesAnswer | undefined;

  const show = (chart: Drawn): void => {
    const { current } = range;
    const { spec, node } = chart;
    if (current.kind === 'live') {
      const [first] = spec.lines;
      if (first === undefined) return;
      const columns = spec.lines.map(({ metric }) => live.column(metric, current.spanMs));
      chart.columns = { at: columns[0]?.at ?? [], lines: columns.map(({ values }) => values) };
      void draw(chart, { from: live.lastAt - current.spanMs, to: live.lastAt }, undefined);
      return;
    }
    if (series === undefined) return;
    const { from, to, stepMs, lines, compare } = series;
    const valuesOf = (block: readonly { metric: string; values: readonly (number | null)[] }[] | undefined) =>
      spec.lines.map(({ metric }) => block?.find((line) => line.metric === metric)?.values ?? []);
    const length = lines[0]?.values.length ?? 0;
    chart.columns = { at: Array.from({ length }, (_, index) => from + index * stepMs), lines: valuesOf(lines) };
    void draw(chart, { from, to }, compare === undefined ? undefined : valuesOf(compare.lines));
    node.setAttribute('data-source', series.source);
  };

  const draw = async (
    chart: Drawn,
    bounds: { readonly from: number; readonly to: number },
    former: readonly (readonly (number | null)[])[] | undefined,
  ): Promise<void> => {
    const { spec, node, columns } = chart;
    const colours = palette();
    const trace = (line: Line, index: number, values: readonly (number | null)[], isFormer: boolean): object => ({
      type: 'scatter',
      mode: 'lines',
      name: isFormer ? `${line.name}, ${texts.before}` : line.name,
      x: columns.at.map(toLocalHands),
      y: values.map((value) => (value === null ? null : value * (line.factor ?? 1))),
      line: {
        color: colours.lines[index % colours.lines.length],
        width: isFormer ? 1 : 1.75,
        dash: isFormer ? 'dot' : 'solid',
      },
      opacity: isFormer ? 0.6 : 1,
      hovertemplate: `%{y:.3~f} ${spec.unit}<extra>${line.name}</extra>`,
    });
    const traces = [
      ...spec.lines.map((line, index) => trace(line, index, columns.lines[index] ?? [], false)),
      ...(former === undefined ? [] : spec.lines.map((line, index) => trace(line, index, former[index] ?? [], true))),
    ];
    const marks = (series?.marks ?? []).filter(() => range.current.kind !== 'live');
    await plot(node, traces, {
      showlegend: traces.length > 1,
      legend: { orientation: 'h', x: 0, y: 1.18 },
      hovermode: 'x unified',
      dragmode: 'zoom',
      xaxis: {
        type: 'date',
        range: [toLocalHands(bounds.from), toLocalHands(bounds.to)],
        gridcolor: colours.grid,
        zeroline: false,
      },
      yaxis: {
        rangemode: 'tozero',
        fixedrange: true,
        gridcolor: colours.grid,
        zeroline: false,
        ...(spec.range === undefined ? {} : { range: [...spec.range] }),
      },
      shapes: marks.map(({ at, kind }) => ({
        type: 'line',
        x0: toLocalHands(at),
        x1: toLocalHands(at),
        yref: 'paper',
        y0: 0,
        y1: 1,
        line: { color: kind === 'change' ? colours.good : colours.soft, width: 1, dash: 'dash' },
      })),
    });
    if (chart.isZoomable) return;
    chart.isZoomable = true;
    node.on?.('plotly_relayout', (change) => {
      const [from, to] = [change['xaxis.range[0]'], change['xaxis.range[1]']].map(fromLocalHands);
      if (from !== undefined && to !== undefined && to > from) range.zoom(from, to);
    });
  };

  const toFigure = (chart: Drawn): HTMLElement => {
    const { spec, node } = chart;
    const save = (kind: string, text: string, type: string): void => {
      const link = element('a', {
        href: URL.createObjectURL(new Blob([text], { type })),
        download: `${spec.id}.${kind}`,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
    };
    const rows = (): (string | number | null)[][] =>
      chart.columns.at.map((at, index) => [
        new Date(at).toISOString(),
        ...chart.columns.lines.map((values) => values[index] ?? null),
      ]);
    const names = ['time', ...spec.lines.map(({ metric }) => metric)];
    const kinds: Readonly<Record<string, () => void>> = {
      PNG: () => void savePicture(node, spec.id),
      CSV: () => save('csv', [names, ...rows()].map((row) => row.join(',')).join('\n'), 'text/csv'),
      JSON: () => save('json', JSON.stringify({ names, rows: rows() }), 'application/json'),
    };
    const menu = element(
      'details',
      { class: 'save' },
      element('summary', { 'aria-label': `${texts.save}: ${spec.title}` }, '⋯'),
      element(
        'span',
        {},
        ...Object.entries(kinds).map(([kind, run]) => element('button', { type: 'button', click: run }, kind)),
      ),
    );
    return element(
      'figure',
      { class: 'card', 'aria-label': spec.title },
      element('figcaption', {}, spec.title, menu),
      node,
    );
  };

  return {
    figures: drawn.map(toFigure),
    tick() {
      if (range.current.kind === 'live' && !document.hidden) for (const chart of drawn) show(chart);
    },
    async refresh() {
      if (range.current.kind === 'live') series = undefined;
      else {
        const metrics = [...new Set(specs.flatMap(({ lines }) => lines.map(({ metric }) => metric)))].join(',');
        const compare = range.compares ? 'previous' : undefined;
        series = await read('GET /series', { metrics, ...range.bounds(), points: POINTS, compare });
      }
      for (const chart of drawn) show(chart);
    },
  };
}
