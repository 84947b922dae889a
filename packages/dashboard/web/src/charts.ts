import { texts } from './text.ts';

interface PlotlyApi {
  react(node: HTMLElement, traces: readonly object[], layout: object, config: object): Promise<unknown>;
}

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

const MIB = 1 / 1_048_576;

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'requests',
    title: texts.requests,
    unit: '',
    lines: [{ metric: 'requests.rate', name: texts.perSecond }],
  },
  {
    id: 'latency',
    title: texts.latency,
    unit: 'ms',
    lines: [
      { metric: 'requests.p50', name: 'p50' },
      { metric: 'requests.p95', name: 'p95' },
      { metric: 'requests.p99', name: 'p99' },
    ],
  },
  {
    id: 'cache',
    title: texts.cache,
    unit: '%',
    range: [0, 100],
    lines: [
      { metric: 'cache.hitRatio', name: 'cache', factor: 100 },
      { metric: 'queries.cacheHitRatio', name: texts.queryCache, factor: 100 },
    ],
  },
  {
    id: 'database',
    title: texts.database,
    unit: '',
    lines: [
      { metric: 'queries.rate', name: texts.statementsSecond },
      { metric: 'pool.busy', name: texts.busy },
      { metric: 'pool.waiting', name: texts.waiting },
    ],
  },
  {
    id: 'loop',
    title: texts.loop,
    unit: '%',
    lines: [
      { metric: 'runtime.cpu', name: 'CPU', factor: 100 },
      { metric: 'runtime.loopUtilisation', name: texts.utilisation, factor: 100 },
      { metric: 'runtime.loopDelayMax', name: texts.delay },
    ],
  },
  {
    id: 'memory',
    title: texts.memory,
    unit: 'MiB',
    lines: [
      { metric: 'runtime.rss', name: 'RSS', factor: MIB },
      { metric: 'runtime.heapUsed', name: 'heap', factor: MIB },
      { metric: 'runtime.external', name: 'external', factor: MIB },
    ],
  },
  {
    id: 'scans',
    title: texts.scans,
    unit: 'MiB/s',
    lines: [{ metric: 'scans.bytes', name: 'MiB/s', factor: MIB }],
  },
];

const LINE_COLOURS = ['#02727c', '#c15a02', '#5b4bb5'];
const LINE_COLOURS_DARK = ['#4fc3cf', '#f78c4b', '#a99bf0'];
const SHOWN_SECONDS = 300;

let plotly: Promise<PlotlyApi> | undefined;

/** Draws `spec` into `node` from points whose times are seconds before now. */
export async function drawChart(
  node: HTMLElement,
  spec: ChartSpec,
  seconds: readonly number[],
  column: (metric: string) => readonly (number | null)[],
): Promise<void> {
  plotly ??= import('plotly.js-cartesian-dist-min').then((module) => module.default as PlotlyApi);
  const isDark = document.documentElement.dataset['theme'] === 'dark';
  const ink = isDark ? '#c4cccf' : '#445258';
  const grid = isDark ? '#243035' : '#e6ebed';
  const colours = isDark ? LINE_COLOURS_DARK : LINE_COLOURS;
  const traces = spec.lines.map(({ metric, name, factor = 1 }, index) => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: seconds,
    y: column(metric).map((value) => (value === null ? null : value * factor)),
    line: { color: colours[index % colours.length], width: 1.75 },
    hovertemplate: `%{y:.3~f} ${spec.unit}<extra>${name}</extra>`,
  }));
  const layout = {
    height: 200,
    margin: { l: 44, r: 12, t: 8, b: 30 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { color: ink, size: 11, family: 'Inter, system-ui, sans-serif' },
    showlegend: spec.lines.length > 1,
    legend: { orientation: 'h', x: 0, y: 1.16 },
    hovermode: 'x unified',
    xaxis: { range: [-SHOWN_SECONDS, 0], fixedrange: true, gridcolor: grid, ticksuffix: ' s', zeroline: false },
    yaxis: {
      rangemode: 'tozero',
      fixedrange: true,
      gridcolor: grid,
      zeroline: false,
      ...(spec.range === undefined ? {} : { range: [...spec.range] }),
    },
  };
  // The library's cloud button would send the data to another origin.
  await (await plotly).react(node, traces, layout, { displayModeBar: false, responsive: true, showSendToCloud: false });
}
