import type { RankedOverTime, RankingAnswer } from '../../../src/api/rankings.ts';
import { readAddress, writeAddress } from '../address.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { count, duration, percent } from '../format.ts';
import type { RangeChoice } from '../live/range.ts';
import { texts } from '../text.ts';
import { barChart } from './bar-chart.ts';
import { createLineChart, type ChartSpec, type LineChart } from './line-chart.ts';
import { button, card, grid, table, wide, type Column } from './parts.ts';
import { sparkline } from './sparkline.ts';

/** What a ranking lists. */
export interface RankingSpec {
  readonly kind: RankingAnswer['kind'];
  readonly title: string;
  /** Further columns, before the last. */
  readonly columns?: readonly Column<RankedOverTime>[];
  /** What the rows are sorted by. @defaultValue total time */
  readonly order?: () => 'totalMs' | 'meanMs' | 'p99Ms';
  /** Above the table. */
  readonly tools?: HTMLElement;
  /** Title of a chart of the first ones. @defaultValue none */
  readonly bars?: string;
}

/** What took most time in the chosen range, in all processes; one of them over time. */
export interface RankingBox {
  readonly node: HTMLElement;
  refresh(): Promise<void>;
  /** Draws the rows again, in another order. */
  sort(): void;
}

const LISTED = 20;
const MOST_BARS = 8;

export function createRankingBox(spec: RankingSpec, range: RangeChoice): RankingBox {
  const { kind, title } = spec;
  const rows = element('div', { class: 'ranking' });
  const chart = element('div', { class: 'grid' });
  const detail = element('div', { 'aria-live': 'polite' });
  const charts = createCharts(range);
  let answer: RankingAnswer | undefined;
  let chosen = readAddress(kind);

  const choose = (name: string | undefined): void => {
    chosen = name;
    writeAddress({ [kind]: name });
    showDetail();
    if (name !== undefined) detail.scrollIntoView({ block: 'nearest' });
  };
  const showDetail = (): void => {
    const item = answer?.items.find(({ name }) => name === chosen);
    if (item === undefined || answer === undefined) {
      detail.replaceChildren();
      return;
    }
    if (!detail.hasChildNodes() || detail.dataset['name'] !== item.name) {
      detail.dataset['name'] = item.name;
      const close = button(texts.close, () => choose(undefined));
      detail.replaceChildren(
        wide(
          card(item.label, grid(charts.latency.figure, charts.rate.figure), element('p', { class: 'actions' }, close)),
        ),
      );
    }
    charts.show(answer, item);
  };

  const columns: readonly Column<RankedOverTime>[] = [
    { title: texts.name, cell: ({ label }) => label },
    {
      title: texts.overTime,
      cell: ({ name, label, lines }) => {
        const show = element(
          'button',
          { type: 'button', class: 'trend', click: () => choose(name) },
          sparkline(lines.rate),
        );
        show.setAttribute('aria-label', `${texts.overTime}: ${label}`);
        show.title = texts.overTime;
        return show;
      },
    },
    { title: texts.calls, cell: (row) => count(row.count) },
    { title: texts.errors, cell: ({ errorCount }) => count(errorCount) },
    { title: texts.mean, cell: ({ meanMs }) => duration(meanMs) },
    { title: 'p95', cell: ({ p95Ms }) => duration(p95Ms) },
    { title: 'p99', cell: ({ p99Ms }) => duration(p99Ms) },
    { title: texts.total, cell: ({ totalMs }) => duration(totalMs) },
    { title: texts.share, cell: ({ timeRatio }) => percent(timeRatio) },
    ...(spec.columns ?? []),
  ];
  const sort = (): void => {
    if (answer === undefined) return;
    const order = spec.order?.() ?? 'totalMs';
    const sorted = answer.items.toSorted((one, other) => other[order] - one[order]);
    const { others } = answer;
    if (spec.bars !== undefined)
      chart.replaceChildren(
        wide(
          barChart(`ranked-${kind}`, spec.bars, {
            unit: 'ms',
            bars: sorted.slice(0, MOST_BARS).map((item) => ({ name: item.label, value: item[order] })),
            whenEmpty: texts.noRanking,
          }),
        ),
      );
    rows.replaceChildren(
      table(title, columns, sorted, texts.noRanking),
      others === null
        ? ''
        : element(
            'p',
            { class: 'said' },
            `${texts.others}: ${count(others.count)} ${texts.calls.toLowerCase()}, ${duration(others.totalMs)}`,
          ),
    );
  };
  return {
    node: element('div', {}, chart, detail, grid(wide(card(`${title}, ${texts.inThisRange}`, spec.tools, rows)))),
    sort,
    async refresh() {
      answer = await read('GET /rankings', { kind, ...range.bounds(), count: LISTED });
      sort();
      showDetail();
    },
  };
}

interface Charts {
  readonly latency: LineChart;
  readonly rate: LineChart;
  show(answer: RankingAnswer, item: RankedOverTime): void;
}

function createCharts(range: RangeChoice): Charts {
  const make = (spec: ChartSpec): LineChart =>
    createLineChart(spec, {
      onZoom: (from, to) => range.zoom(from, to),
      onPoint: (ratio) => {
        for (const chart of [latency, rate]) chart.point(ratio);
      },
    });
  const latency: LineChart = make({
    id: 'ranked-latency',
    title: texts.latency,
    unit: 'ms',
    lines: [{ metric: 'p95', name: 'p95' }],
  });
  const rate: LineChart = make({
    id: 'ranked-rate',
    title: texts.callsPerSecond,
    unit: '/s',
    lines: [{ metric: 'rate', name: texts.perSecond }],
  });
  return {
    latency,
    rate,
    show({ from, to, stepMs }, { lines }) {
      const at = lines.rate.map((_, index) => from + index * stepMs);
      const common = { from, to, at, former: undefined, marks: [], gaps: [], isLive: false };
      latency.show({ ...common, lines: [lines.p95Ms] });
      rate.show({ ...common, lines: [lines.rate] });
    },
  };
}
