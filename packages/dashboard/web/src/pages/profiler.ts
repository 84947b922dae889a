import type { ProfilerView } from '../../../src/api/profiler.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { bytes } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { flameGraph } from '../parts/flame-graph.ts';
import { card, empty, grid, section, table, wide } from '../parts/parts.ts';
import { gauge } from '../parts/ring.ts';
import { palette, plot } from '../plot.ts';
import { texts } from '../text.ts';
import { bottleneckList } from './bottleneck-list.ts';
import { charts } from './charts.ts';
import { TIMED } from './requests.ts';

/** Where the time goes, by function and line; what stops the loop; what fills the heap. */
export const openProfiler: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('loop', 'loopDelay', 'collections', 'memory'), live, range);
  const flameBox = element('div');
  const route = element('select', { 'aria-label': texts.route });
  const body = element('div');
  let drawnFor = '';
  route.addEventListener('change', () => void drawFlame());

  const drawFlame = async (): Promise<void> => {
    const filter = route.value === '' ? {} : { route: route.value };
    const answer = await read('GET /profiler/flame', { ...range.bounds(), ...filter });
    flameBox.replaceChildren(
      ...section(answer, (graph) => (graph.sampleCount === 0 ? [empty(texts.noSamples)] : [flameGraph(graph)])).filter(
        (part) => part !== undefined,
      ),
    );
  };
  const downloads = element(
    'p',
    { class: 'tools' },
    element('a', { class: 'button', href: '/api/performance/profile.cpuprofile?ms=5000', download: '' }, texts.profile),
    element('a', { class: 'button', href: '/api/performance/profile.pb.gz?ms=5000', download: '' }, 'pprof'),
  );
  return {
    node: element(
      'div',
      {},
      grid(...deck.figures),
      grid(wide(card(texts.flame, element('p', { class: 'tools' }, route), flameBox, downloads))),
      body,
    ),
    tick: () => deck.tick(),
    async refresh() {
      const [view] = await Promise.all([read('GET /profiler'), deck.refresh()]);
      fill(route, view.flame.routes);
      // A graph that somebody looks into must not be drawn anew beneath the pointer: only another range does that.
      const wanted = `${range.name} ${JSON.stringify(range.current.kind === 'fixed' ? range.current : '')}`;
      if (wanted !== drawnFor) {
        drawnFor = wanted;
        await drawFlame();
      }
      body.replaceChildren(...parts(view));
    },
  };
};

function fill(select: HTMLSelectElement, routes: readonly string[]): void {
  const chosen = select.value;
  select.replaceChildren(
    element('option', { value: '' }, texts.allRoutes),
    ...routes.map((name) => element('option', { value: name }, name)),
  );
  select.value = routes.includes(chosen) ? chosen : '';
}

function parts({ functions, bottlenecks, scatter, heap }: ProfilerView): Node[] {
  const node = element('div', { class: 'plot' });
  const colours = palette();
  if (scatter.length === 0) node.append(empty(texts.noRows));
  else
    void plot(
      node,
      [
        {
          type: 'scatter',
          mode: 'markers',
          x: scatter.map(({ callsPerMinute }) => callsPerMinute),
          y: scatter.map(({ meanMs }) => meanMs),
          text: scatter.map(({ name }) => name.slice(0, 90)),
          marker: {
            size: scatter.map(({ totalMs }) => Math.min(44, 8 + Math.sqrt(totalMs) / 4)),
            color: scatter.map(({ kind }) => colours.lines[['route', 'statement', 'function'].indexOf(kind)]),
            opacity: 0.7,
          },
          hovertemplate: `%{text}<br>%{x:.3~f} ${texts.perMinute}, %{y:.3~f} ms<extra></extra>`,
        },
      ],
      {
        xaxis: { type: 'log', title: { text: texts.perMinute }, gridcolor: colours.grid },
        yaxis: { type: 'log', title: { text: 'ms' }, gridcolor: colours.grid },
        margin: { l: 60, r: 12, t: 8, b: 46 },
      },
      320,
    );
  return [
    grid(
      wide(card(texts.scatter, node)),
      card(texts.bottlenecks, bottleneckList(bottlenecks)),
      ...(heap === null
        ? []
        : [
            gauge(texts.heap, heap.usedBytes / heap.limitBytes, bytes(heap.usedBytes)),
            card(
              texts.memory,
              table(
                texts.memory,
                [
                  { title: texts.name, cell: ([name]) => name },
                  { title: texts.size, cell: ([, size]) => bytes(size) },
                ],
                [
                  ['RSS', heap.rssBytes],
                  ['heap', heap.usedBytes],
                  [texts.external, heap.externalBytes],
                ] as const,
              ),
            ),
          ]),
      wide(card(texts.slowestFunctions, table(texts.slowestFunctions, TIMED, functions, texts.noFunctions))),
    ),
  ];
}
