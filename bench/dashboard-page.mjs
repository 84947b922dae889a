// The page that bench/dashboard.ts measures: our chart and uPlot on the same lines, and the flame graph. Built with Vite.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../packages/dashboard/web/src/style.css';
import '../packages/dashboard/web/src/parts.css';

import { createLineChart } from '../packages/dashboard/web/src/parts/line-chart.ts';
import { flameGraph } from '../packages/dashboard/web/src/parts/flame-graph.ts';

const CHARTS = 20;
const POINTS = 600;
/** As wide as our plot; as high as lets the lines have about as many pixels: 390 by 150 to our 382 by 166. */
const SIZE = { width: 440, height: 216 };
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A value that wanders like a rate does; the same for both. */
function valueAt(chart, second) {
  return 50 + 30 * Math.sin((second + chart * 17) / 23) + 8 * Math.sin(second * 1.7 + chart);
}

function show(contender) {
  const room = document.querySelector('#room');
  room?.replaceChildren();
  const updates = Array.from({ length: CHARTS }, (_, chart) => {
    const column = (second) => {
      const at = Array.from({ length: POINTS }, (_, index) => (second - POINTS + 1 + index) * 1_000);
      return { at, values: at.map((each) => valueAt(chart, each / 1_000)) };
    };
    if (contender === 'ours') {
      const own = createLineChart(
        { id: `c${chart}`, title: `Chart ${chart}`, unit: 'ms', lines: [{ metric: 'm', name: 'p95' }] },
        { onZoom: () => undefined, onPoint: () => undefined },
      );
      own.figure.style.width = `${SIZE.width}px`;
      room?.append(own.figure);
      return (second) => {
        const { at, values } = column(second);
        const to = second * 1_000;
        const from = to - POINTS * 1_000;
        own.show({ from, to, at, lines: [values], former: undefined, marks: [], gaps: [], isLive: true });
      };
    }
    // What a chart of ours has around it: a title, and beside it the latest value in figures.
    const node = document.createElement('figure');
    node.className = 'card';
    const value = document.createTextNode('');
    const box = document.createElement('span');
    box.className = 'legend';
    box.append(Object.assign(document.createElement('b'), { textContent: '' }));
    box.firstElementChild?.append(value);
    const caption = document.createElement('figcaption');
    caption.append(Object.assign(document.createElement('span'), { textContent: `Chart ${chart}` }), box);
    node.append(caption);
    node.style.width = `${SIZE.width}px`;
    room?.append(node);
    const first = column(0);
    const rival = new uPlot(
      {
        ...SIZE,
        legend: { show: false },
        series: [{}, { stroke: '#02727c', width: 1.75, points: { show: false } }],
        scales: { x: { time: false } },
      },
      [first.at.map((at) => at / 1_000), first.values],
      node,
    );
    return (second) => {
      const { at, values } = column(second);
      rival.setData([at.map((each) => each / 1_000), values]);
      value.data = `${fine.format(values.at(-1) ?? 0)} ms`;
    };
  });
  return (second) => {
    for (const update of updates) update(second);
  };
}

let update = () => undefined;
let second = POINTS;
let timer;

/** What the measuring side calls. */
const bench = {
  start(contender) {
    clearInterval(timer);
    update = show(contender);
    update(second);
    timer = setInterval(() => update((second += 1)), 1_000);
  },
  stop() {
    clearInterval(timer);
    document.querySelector('#room')?.replaceChildren();
  },
  /** Milliseconds from the text of the answer to the frame after the drawing, over the whole width of the page. */
  async flame(frameCount) {
    const text = JSON.stringify(toGraph(frameCount));
    const room = document.querySelector('#room');
    room?.replaceChildren();
    const begun = performance.now();
    const box = flameGraph(JSON.parse(text));
    box.classList.add('card', 'wide');
    room?.append(box);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    return performance.now() - begun;
  },
};
Object.assign(globalThis, { bench });

/** A tree of so many nodes on some fifty levels; parents before children. */
function toGraph(count) {
  const parent = [-1];
  for (let node = 1; node < count; node += 1) parent.push(Math.floor((node - 1) / 1.25));
  const selfUs = parent.map((_, node) => 10 + ((node * 7_919) % 90));
  const totalUs = [...selfUs];
  for (let node = count - 1; node > 0; node -= 1) {
    const above = parent[node] ?? 0;
    totalUs[above] = (totalUs[above] ?? 0) + (totalUs[node] ?? 0);
  }
  const owners = ['application', 'dependency', 'node', 'native'];
  const frames = Array.from({ length: 400 }, (_, index) => ({
    name: `function${index}`,
    file: `src/file${index % 40}.ts`,
    line: index,
    owner: owners[index % 4] ?? 'native',
  }));
  return {
    from: 0,
    to: 1,
    unit: 'us',
    sampleCount: count,
    idleUs: 0,
    frames,
    frame: parent.map((_, node) => (node * 31) % 400),
    parent,
    selfUs,
    totalUs,
  };
}
