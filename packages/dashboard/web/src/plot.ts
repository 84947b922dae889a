import { language } from './text.ts';

interface PlotlyApi {
  react(node: HTMLElement, traces: readonly object[], layout: object, config: object): Promise<unknown>;
  downloadImage(node: HTMLElement, options: object): Promise<unknown>;
}

/** A node that the chart library has drawn in. */
export interface PlotNode extends HTMLElement {
  on?(event: string, listener: (data: Record<string, unknown>) => void): void;
}

/** The chart library knows no time zones: it is given the hands of the local clock as if they were UTC. */
export function toLocalHands(at: number): number {
  return at - new Date(at).getTimezoneOffset() * 60_000;
}

/** Back from there; what the library says after a zoom. */
export function fromLocalHands(text: unknown): number {
  const hands = new Date(`${String(text).replace(' ', 'T')}Z`).getTime();
  return hands + new Date(hands).getTimezoneOffset() * 60_000;
}

// The library's cloud button would send the data to another origin, so there is no bar, and the button is off too.
const CONFIG = {
  displayModeBar: false,
  responsive: true,
  showSendToCloud: false,
  displaylogo: false,
  doubleClick: false,
};

let queue: Promise<unknown> = Promise.resolve();
let library: Promise<PlotlyApi> | undefined;
const load = (): Promise<PlotlyApi> =>
  (library ??= import('plotly.js-cartesian-dist-min').then((module) => module.default as PlotlyApi));

/** Colours by meaning, in the theme of the page. */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly card: string;
  readonly lines: readonly string[];
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
}

export function palette(): Palette {
  return document.documentElement.dataset['theme'] === 'dark'
    ? {
        ink: '#c4cccf',
        soft: '#8b979b',
        grid: '#243035',
        card: '#10191c',
        lines: ['#4fc3cf', '#f78c4b', '#a99bf0', '#51aa68', '#f25761'],
        good: '#51aa68',
        warn: '#d8a23a',
        bad: '#f25761',
      }
    : {
        ink: '#445258',
        soft: '#5e6b71',
        grid: '#e6ebed',
        card: '#ffffff',
        lines: ['#02727c', '#c15a02', '#5b4bb5', '#1f783c', '#b52237'],
        good: '#1f783c',
        warn: '#8a5a00',
        bad: '#b52237',
      };
}

/** Draws traces in the page's own look; `layout` adds to it. */
export async function plot(node: PlotNode, traces: readonly object[], layout: object, height = 200): Promise<void> {
  // Its place is taken before the library has been loaded.
  node.style.minHeight = `${height}px`;
  const { ink } = palette();
  const common = {
    height,
    margin: { l: 52, r: 12, t: 8, b: 34 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    separators: language === 'nl' ? ',.' : '.,',
    font: { color: ink, size: 11, family: 'Inter, system-ui, sans-serif' },
  };
  const library = await load();
  const turn = queue.then(nextFrame).then(async () => {
    if (node.isConnected) await library.react(node, traces, { ...common, ...layout }, CONFIG);
  });
  queue = turn.catch(() => undefined);
  await turn;
}

/** One chart a frame, so that none makes the page wait for all of them; a hidden page has no frames. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden) resolve();
    else requestAnimationFrame(() => setTimeout(resolve, 0));
  });
}

/** Saves what a node shows as a picture. */
export async function savePicture(node: PlotNode, filename: string): Promise<void> {
  await (await load()).downloadImage(node, { format: 'png', filename, width: 1_200, height: 500, scale: 2 });
}
