import type { Mark } from '../../../src/api/series.ts';
import { element } from '../dom.ts';
import { figure as inFigures, time } from '../format.ts';
import { fromLocalHands, palette, plot, toLocalHands, type PlotNode } from '../plot.ts';
import { texts } from '../text.ts';
import { createFastLane } from './fast-lane.ts';
import { figure } from './figure.ts';
import { createLegend, inWords, suffix } from './legend.ts';
import { createOverlay } from './overlay.ts';
import { soon } from './soon.ts';

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

type Values = readonly (number | null)[];

/** What a chart shows: values in the order of the lines of its spec, as measured. */
export interface ChartData {
  readonly from: number;
  readonly to: number;
  /** Epoch milliseconds, ascending. */
  readonly at: readonly number[];
  readonly lines: readonly Values[];
  /** The same stretch before; its points belong to {@link at} one by one. */
  readonly former: readonly Values[] | undefined;
  readonly marks: readonly Mark[];
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** Whether it moves with each second. */
  readonly isLive: boolean;
}

/** A chart that others can point into. */
export interface LineChart {
  readonly figure: HTMLElement;
  show(data: ChartData): void;
  point(ratio: number | undefined): void;
}

/** What a chart tells its neighbours. */
export interface ChartEvents {
  readonly onZoom: (from: number, to: number) => void;
  /** Somebody points at this share of the width, or at nothing any more. */
  readonly onPoint: (ratio: number | undefined) => void;
}

const HEIGHT = 200;
/** Around the drawing area; the style sheet lays the overlay and the fast lane over it by the same figures. */
const MARGIN = { l: 46, r: 12, t: 8, b: 26 };
const HEADROOM = 1.4;
/** Below this share of the axis the lines would be too flat to read. */
const FLAT = 0.2;
const LEAST_TOP = 1;
/** Percentages above it are read against the whole. */
const QUARTER = 25;
const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const LIVE_TICKS = 5;
const coarse = matchMedia('(pointer: coarse)');

/** Creates a chart. Live ones are moved by the fast lane; the library draws only when an axis or the look changes. */
export function createLineChart(spec: ChartSpec, { onZoom, onPoint }: ChartEvents): LineChart {
  const node: PlotNode = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'group',
    'aria-label': `${spec.title}. ${texts.chartKeys}`,
  });
  const legend = createLegend(spec);
  const said = element('span', { class: 'unseen', 'aria-live': 'polite' });
  const overlay = createOverlay();
  const lane = createFastLane();
  const frame = element('div', { class: 'stage' });
  const nothing = element('span', { class: 'nothing', hidden: '' }, texts.gap);
  let data: ChartData | undefined;
  let drawn: { readonly look: string; readonly top: number } | undefined;
  let isDrawing = false;
  let drawing = Promise.resolve();
  let isListening = false;
  let isHeld = false;
  let isVisible = true;
  let isMoving = false;
  /** As observed: asking the element after another chart has moved would make the browser lay out the page each time. */
  let width = 0;
  let cursor: number | undefined;

  const scaled = (all: readonly Values[]): readonly Values[] =>
    spec.lines.map(({ factor = 1 }, index) => {
      const values = all[index] ?? [];
      return factor === 1 ? values : values.map((value) => (value === null ? null : value * factor));
    });

  const wantedTop = (): number => {
    let most = 0;
    for (const all of [data?.lines ?? [], data?.former ?? []])
      for (const [index, { factor = 1 }] of spec.lines.entries())
        for (const value of all[index] ?? []) if (value !== null && value * factor > most) most = value * factor;
    const [, fixed] = spec.range ?? [];
    if (fixed !== undefined && most <= fixed) return fixed;
    if (spec.unit === '%' && most > QUARTER && most <= 100) return 100;
    const top = drawn?.top;
    if (top !== undefined && most <= top && most >= top * FLAT) return top;
    return roundUp(Math.max(LEAST_TOP, most * HEADROOM));
  };

  const lookOf = ({ from, to, isLive, former }: ChartData): string =>
    [
      isLive ? to - from : `${from} ${to}`,
      former === undefined,
      document.documentElement.dataset['theme'],
      width,
    ].join();

  const write = (index?: number): void =>
    legend.write((data?.lines ?? []).map((values) => (index === undefined ? values.at(-1) : values[index])));

  const move = (on: boolean): void => {
    if (isMoving !== on) frame.classList.toggle('moving', (isMoving = on));
  };

  const update = (): void => {
    // A hidden chart has no width; it is drawn when it is shown.
    if (data === undefined || width === 0) return;
    const look = lookOf(data);
    // What nobody sees costs nothing; it is brought up to date when it is scrolled to.
    if (drawn !== undefined && !isVisible && drawn.look === look) return;
    write(cursor);
    overlay.place(data);
    const isEmpty = !data.lines.some((values) => values.some((value) => value !== null));
    if (nothing.hidden === isEmpty) nothing.hidden = !isEmpty;
    const top = wantedTop();
    const { to, from, isLive, at, lines } = data;
    if (!isLive || isHeld || isDrawing || drawn?.look !== look || drawn.top !== top) {
      void drawWhole(look, top);
      return;
    }
    lane.draw({
      xs: at,
      lines: scaled(lines),
      span: [from, to],
      top,
      colours: palette().lines,
      width: width - MARGIN.l - MARGIN.r,
      height: HEIGHT - MARGIN.t - MARGIN.b,
    });
    move(true);
  };

  /** Begins to draw, unless that is under way; resolves when it is done. */
  const drawWhole = (look: string, top: number): Promise<void> => {
    if (!isDrawing && data !== undefined) drawing = drawAll(data, look, top);
    return drawing;
  };

  const drawAll = async (shown: ChartData, look: string, top: number): Promise<void> => {
    isDrawing = true;
    const { lines: colours, grid, soft } = palette();
    const toX = shown.isLive ? (at: number): number => (at - shown.to) / 1_000 : toLocalHands;
    const xs = shown.at.map(toX);
    const traces = [
      ...scaled(shown.lines).map((y, index) => ({ y, index, isFormer: false })),
      ...(shown.former === undefined ? [] : scaled(shown.former).map((y, index) => ({ y, index, isFormer: true }))),
    ].map(({ y, index, isFormer }) => ({
      type: 'scatter',
      mode: 'lines',
      name: `${spec.lines[index]?.name ?? ''}${isFormer ? `, ${texts.before}` : ''}`,
      x: xs,
      y,
      hovertemplate: `%{y:.3~f}${suffix(spec.unit)}`,
      line: {
        color: isFormer ? soft : colours[index % colours.length],
        width: isFormer ? 1 : 1.75,
        dash: isFormer ? 'dot' : 'solid',
        simplify: false,
      },
    }));
    const axis = {
      gridcolor: grid,
      zeroline: false,
      separatethousands: true,
      tickfont: { size: 11 },
      ticklabelstandoff: 4,
    };
    try {
      await plot(
        node,
        traces,
        {
          showlegend: false,
          margin: MARGIN,
          hovermode: 'x unified',
          dragmode: coarse.matches ? false : 'zoom',
          xaxis: {
            ...axis,
            showgrid: false,
            fixedrange: coarse.matches,
            range: [toX(shown.from), toX(shown.to)],
            ...(shown.isLive ? liveTicks(shown.to - shown.from) : { type: 'date', nticks: 6 }),
          },
          yaxis: { ...axis, range: [0, top], fixedrange: true, nticks: 5, ticksuffix: spec.unit === '%' ? '%' : '' },
        },
        HEIGHT,
      );
      drawn = { look, top };
      move(false);
      listen();
    } finally {
      isDrawing = false;
    }
    // What came while the library was drawing.
    if (data !== shown) update();
  };

  const pointAt = (index: number | undefined): void => {
    const at = data?.at[index ?? -1];
    if (data === undefined || at === undefined) return;
    onPoint((at - data.from) / (data.to - data.from));
  };

  const listen = (): void => {
    if (isListening) return;
    isListening = true;
    node.on?.('plotly_relayout', (change) => {
      const ends = [change['xaxis.range[0]'], change['xaxis.range[1]']];
      if (data === undefined || ends.includes(undefined)) return;
      const { isLive, to: end } = data;
      const [from, to] = ends.map((x) => (isLive ? end + Number(x) * 1_000 : fromLocalHands(x)));
      if (from !== undefined && to !== undefined && to > from) onZoom(from, to);
    });
    node.on?.('plotly_hover', ({ points }) => pointAt((points as readonly { pointIndex: number }[])[0]?.pointIndex));
    node.on?.('plotly_unhover', () => onPoint(undefined));
  };

  node.addEventListener('pointerenter', () => {
    // What the pointer reads comes from the library's own data, which the fast lane leaves behind.
    isHeld = true;
    update();
  });
  node.addEventListener('pointerleave', () => {
    isHeld = false;
    onPoint(undefined);
  });
  node.addEventListener('blur', () => {
    cursor = undefined;
    onPoint(undefined);
  });
  node.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30 }[event.key];
    if (step === undefined || data === undefined) return;
    event.preventDefault();
    const last = data.at.length - 1;
    cursor = Math.min(last, Math.max(0, (cursor ?? last) + step));
    pointAt(cursor);
    const values = spec.lines.map(
      ({ name }, place) => `${name} ${inWords(spec, place, data?.lines[place]?.[cursor ?? 0])}`,
    );
    said.textContent = `${time(data.at[cursor])}: ${values.join(', ')}`;
  });

  new IntersectionObserver(
    ([entry]) => {
      isVisible = entry?.isIntersecting ?? true;
      if (isVisible) update();
    },
    { rootMargin: '200px' },
  ).observe(node);
  new ResizeObserver(([entry]) => {
    width = Math.round(entry?.contentRect.width ?? 0);
    soon(update);
  }).observe(node);

  const stage = figure(spec, {
    node,
    legend: legend.node,
    shown: () => ({
      names: ['time', ...spec.lines.map(({ metric }) => metric)],
      rows: (data?.at ?? []).map((at, index) => [
        new Date(at).toISOString(),
        ...spec.lines.map((_, place) => data?.lines[place]?.[index] ?? null),
      ]),
    }),
    // The library's own lines are those of its last drawing: a picture is of now.
    async beforePicture() {
      // What is being drawn now may be of a former second.
      await drawing.catch(() => undefined);
      if (data !== undefined) await drawWhole(lookOf(data), wantedTop());
    },
  });
  node.replaceWith(frame);
  frame.append(node, lane.node, overlay.node, nothing, said);

  return {
    figure: stage,
    show(next) {
      data = next;
      soon(update);
    },
    point(ratio) {
      overlay.point(ratio);
      if (data === undefined) return;
      const wanted = ratio === undefined ? undefined : data.from + ratio * (data.to - data.from) - 1;
      write(wanted === undefined ? undefined : data.at.findIndex((at) => at >= wanted));
    },
  };
}

/** The least round number that is not below `value`, so that an axis seldom changes. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (STEPS.find((step) => step * power >= value * 0.999_999) ?? 10);
}

/** Seconds before now: the ticks stay where they are while the lines move. */
function liveTicks(lengthMs: number): object {
  const minutes = lengthMs / 60_000;
  const tickvals = Array.from({ length: LIVE_TICKS + 1 }, (_, index) => (-60 * minutes * index) / LIVE_TICKS);
  return {
    tickvals,
    ticktext: tickvals.map((seconds) => (seconds === 0 ? texts.now : `${inFigures(seconds / 60)} min`)),
  };
}
