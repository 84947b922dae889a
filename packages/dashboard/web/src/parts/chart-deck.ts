import type { Mark, SeriesAnswer } from '../../../src/api/series.ts';
import { read } from '../api.ts';
import type { LiveStore } from '../live/live-store.ts';
import type { RangeChoice } from '../live/range.ts';
import { createLineChart, type ChartSpec, type LineChart } from './line-chart.ts';

export type { ChartSpec } from './line-chart.ts';

/** Charts that share their range, their data, their crosshair and their zoom. */
export interface ChartDeck {
  readonly figures: readonly HTMLElement[];
  /** Moves live charts on. */
  tick(): void;
  /** Reads the chosen range again. */
  refresh(): Promise<void>;
}

const POINTS = 600;
/** Ticks come each second; more than this apart, some are missing. */
const GAP_MS = 2_500;

export function createChartDeck(specs: readonly ChartSpec[], live: LiveStore, range: RangeChoice): ChartDeck {
  const charts: readonly { readonly spec: ChartSpec; readonly chart: LineChart }[] = specs.map((spec) => ({
    spec,
    chart: createLineChart(spec, {
      onZoom: (from, to) => range.zoom(from, to),
      onPoint: (ratio) => {
        for (const { chart } of charts) chart.point(ratio);
      },
    }),
  }));
  const metrics = [...new Set(specs.flatMap(({ lines }) => lines.map(({ metric }) => metric)))];
  let series: SeriesAnswer | undefined;
  let seeded = '';
  let marks: readonly Mark[] = [];

  const showLive = (spanMs: number): void => {
    const to = live.lastAt;
    if (to === 0) return;
    for (const { spec, chart } of charts) {
      const columns = spec.lines.map(({ metric }) => live.column(metric, spanMs));
      const at = columns[0]?.at ?? [];
      const gaps = at.flatMap((each, index) => {
        const former = at[index - 1];
        return former !== undefined && each - former > GAP_MS ? [[former, each] as const] : [];
      });
      const lines = columns.map(({ values }) => values);
      chart.show({ from: to - spanMs, to, at, lines, former: undefined, marks, gaps, isLive: true });
    }
  };

  const showPast = (): void => {
    if (series === undefined) return;
    const { from, to, stepMs, lines, compare } = series;
    const length = lines[0]?.values.length ?? 0;
    const at = Array.from({ length }, (_, index) => from + index * stepMs);
    for (const { spec, chart } of charts) {
      const valuesOf = (block: SeriesAnswer['lines']): (readonly (number | null)[])[] =>
        spec.lines.map(({ metric }) => block.find((line) => line.metric === metric)?.values ?? []);
      chart.show({
        from,
        to,
        at,
        lines: valuesOf(lines),
        former: compare === undefined ? undefined : valuesOf(compare.lines),
        marks: series.marks,
        gaps: [],
        isLive: false,
      });
    }
  };

  return {
    figures: charts.map(({ chart }) => chart.figure),
    tick() {
      if (range.current.kind === 'live' && !document.hidden) showLive(range.current.spanMs);
    },
    async refresh() {
      const { current } = range;
      const question = { metrics: metrics.join(','), ...range.bounds() };
      if (current.kind === 'live') {
        series = undefined;
        // The stream brings the last minute; what came before it is in the history. Read once a range.
        if (seeded !== range.name) {
          seeded = range.name;
          const answer = await read('GET /series', { ...question, points: current.spanMs / 1_000 });
          live.seed(answer);
          ({ marks } = answer);
        } else if (live.lastAt > 0) ({ items: marks } = await read('GET /marks', range.bounds()));
        showLive(current.spanMs);
        return;
      }
      seeded = '';
      const answer = await read('GET /series', {
        ...question,
        points: POINTS,
        compare: range.comparison,
      });
      // Another range was chosen while this one was read.
      if (range.current.kind === 'live') return;
      series = answer;
      showPast();
    },
  };
}
