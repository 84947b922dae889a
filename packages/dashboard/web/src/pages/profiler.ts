import type { FlameGraph, ProfilerView } from '../../../src/api/profiler.ts';
import type { Section } from '../../../src/api/section.ts';
import { readAddress, writeAddress } from '../address.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { bytes, count, duration, figure, percent, place, when } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { barChart } from '../parts/bar-chart.ts';
import { figure as figureOf } from '../parts/figure.ts';
import { flameGraph } from '../parts/flame-graph.ts';
import { card, empty, grid, instanceOf, isOfSeveral, section, table, unfolding, wide } from '../parts/parts.ts';
import { gauge } from '../parts/ring.ts';
import { palette, plot } from '../plot.ts';
import { texts } from '../text.ts';
import { bottleneckList } from './bottleneck-list.ts';
import { charts } from './charts.ts';
import { createSamplingChoice } from './sampling-choice.ts';
import { TIMED } from './requests.ts';

const MOST_LISTED = 15;
const BOTTLENECKS_SHOWN = 8;
const MOST_BARS = 8;
/** The latest second of the last ten. */
const CPU_MS = 10_000;
const KINDS = ['route', 'statement', 'function'] as const;
/** Two lines a decade are enough to read a logarithmic axis by. */
const DECADES = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];

/** Where the time goes, by function and line; what stops the loop; what fills the heap. */
export const openProfiler: OpenPage = ({ live, range, say }) => {
  const sampling = createSamplingChoice(say);
  const deck = createChartDeck(charts('loop', 'loopDelay', 'collections', 'memory'), live, range);
  const flameBox = element('div');
  const filters = {
    route: element('select', { 'aria-label': texts.route }),
    user: element('select', { 'aria-label': texts.users }),
    scan: element('select', { 'aria-label': texts.scans }),
    thread: element('select', { 'aria-label': texts.process }),
  };
  const former = element('input', { type: 'checkbox', change: () => void drawFlame() });
  former.checked = readAddress('diff') === '1';
  const body = element('div');
  let drawnFor = '';
  for (const select of Object.values(filters)) select.addEventListener('change', () => void drawFlame());

  const drawFlame = async (): Promise<void> => {
    const chosen = Object.fromEntries(
      Object.entries(filters).map(([name, { value }]) => [name, value === '' ? undefined : value]),
    );
    writeAddress({ ...chosen, diff: former.checked ? '1' : undefined });
    const bounds = range.bounds();
    const question = { ...bounds, ...chosen };
    const answer: Section<FlameGraph> = former.checked
      ? await read('GET /profiler/diff', { ...question, ...(await baseOf(bounds, range.comparison)) })
      : await read('GET /profiler/flame', question);
    flameBox.replaceChildren(
      ...section(answer, (graph) =>
        graph.sampleCount === 0
          ? [empty(texts.noSamples)]
          : [element('p', { class: 'said' }, texts.covers(when(graph.from), when(graph.to))), flameGraph(graph)],
      ).filter((part) => part !== undefined),
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
      grid(
        wide(
          card(
            texts.flame,
            element(
              'p',
              { class: 'tools' },
              ...Object.values(filters),
              element('label', { class: 'inline' }, former, texts.compareFlame),
            ),
            flameBox,
            element('p', { class: 'said' }, texts.samplesKept),
            element('div', { class: 'tools' }, sampling.node, downloads),
          ),
        ),
      ),
      body,
    ),
    tick: () => deck.tick(),
    async refresh() {
      const [view] = await Promise.all([read('GET /profiler', range.bounds()), deck.refresh()]);
      sampling.show(view.overhead);
      fill(filters.route, { name: 'route', everything: texts.allRoutes, values: view.flame.routes });
      fill(filters.user, {
        name: 'user',
        everything: texts.allUsers,
        values: view.flame.users,
        label: (hash) => view.flame.userNames[hash] ?? texts.pseudonym(hash),
      });
      fill(filters.scan, { name: 'scan', everything: texts.allScans, values: view.flame.scans });
      fill(filters.thread, { name: 'thread', everything: texts.allProcesses, values: view.flame.threads });
      // A graph that somebody looks into must not be drawn anew beneath the pointer: only another range does that.
      const wanted = `${range.name} ${range.comparison ?? ''} ${JSON.stringify(range.current.kind === 'fixed' ? range.current : '')}`;
      if (wanted !== drawnFor) {
        drawnFor = wanted;
        await drawFlame();
      }
      body.replaceChildren(...parts(view, live.column('runtime.cpu', CPU_MS).values));
    },
  };
};

/** The range to compare with: as chosen for the charts, else the one before. */
async function baseOf(
  { from, to }: { readonly from: number; readonly to: number },
  comparison: string | undefined,
): Promise<{ readonly baseFrom: number; readonly baseTo: number }> {
  let back = to - from;
  if (comparison !== undefined && Number(comparison) > 0) back = Number(comparison);
  if (comparison?.startsWith('mark:') === true) {
    const { items } = await read('GET /marks', { from: 0, to: Date.now() });
    const mark = items.find(({ id }) => `mark:${id}` === comparison);
    if (mark !== undefined && mark.at < to) back = to - mark.at;
  }
  return { baseFrom: from - back, baseTo: to - back };
}

/** What a filter offers. */
interface Choice {
  /** Of the parameter that an address may bring. */
  readonly name: string;
  readonly everything: string;
  readonly values: readonly string[];
  readonly label?: (value: string) => string;
}

function fill(select: HTMLSelectElement, { name, everything, values, label = String }: Choice): void {
  const chosen = select.options.length === 0 ? (readAddress(name) ?? '') : select.value;
  select.hidden = values.length === 0;
  // A list that is open must not be taken away.
  if (document.activeElement === select) return;
  select.replaceChildren(
    element('option', { value: '' }, everything),
    ...values.map((value) => element('option', { value }, label(value))),
  );
  select.value = values.includes(chosen) ? chosen : '';
}

function parts(
  { functions, bottlenecks, scatter, heap, hot, stalls }: ProfilerView,
  cpu: readonly (number | null)[],
): Node[] {
  const load = cpu.at(-1);
  const node = element('div', { class: 'plot' });
  const colours = palette();
  const decades = { type: 'log', tickvals: DECADES, gridcolor: colours.grid };
  if (scatter.length === 0) node.append(empty(texts.noRows));
  else
    void plot(
      node,
      KINDS.map((kind, index) => {
        const own = scatter.filter((point) => point.kind === kind && point.callsPerMinute > 0);
        return {
          type: 'scatter',
          mode: 'markers',
          name: texts.pointKind[kind],
          x: own.map(({ callsPerMinute }) => callsPerMinute),
          y: own.map(({ meanMs }) => meanMs),
          text: own.map(({ name }) => name.slice(0, 90)),
          marker: {
            size: own.map(({ totalMs }) => Math.min(44, 8 + Math.sqrt(totalMs) / 4)),
            color: colours.lines[index],
            opacity: 0.7,
          },
          hovertemplate: `%{text}<br>%{x:.3~f} ${texts.perMinute}, %{y:.3~f} ms<extra></extra>`,
        };
      }),
      {
        showlegend: true,
        legend: { orientation: 'h', x: 0, y: 1.1 },
        xaxis: { ...decades, ticktext: DECADES.map(figure), title: { text: texts.perMinute, standoff: 8 } },
        yaxis: { ...decades, ticktext: DECADES.map(duration) },
        margin: { l: 60, r: 12, t: 8, b: 46 },
      },
      320,
    );
  return [
    grid(
      wide(
        scatter.length === 0
          ? card(texts.scatter, node)
          : figureOf(
              { id: 'frequency-by-time', title: texts.scatter },
              {
                node,
                shown: () => ({
                  names: ['kind', 'name', 'callsPerMinute', 'meanMs', 'totalMs'],
                  rows: scatter.map(({ kind, name, callsPerMinute, meanMs, totalMs }) => [
                    kind,
                    name,
                    callsPerMinute,
                    meanMs,
                    totalMs,
                  ]),
                }),
              },
            ),
      ),
      wide(
        card(
          texts.bottlenecks,
          bottleneckList(bottlenecks.slice(0, BOTTLENECKS_SHOWN)),
          bottlenecks.length > BOTTLENECKS_SHOWN
            ? unfolding('bottlenecks', texts.more(bottlenecks.length - BOTTLENECKS_SHOWN), () =>
                bottleneckList(bottlenecks.slice(BOTTLENECKS_SHOWN)),
              )
            : undefined,
        ),
      ),
      gauge('CPU', load, percent(load), texts.ofAllCores),
      ...(heap === null
        ? []
        : [
            gauge(
              texts.heap,
              heap.usedBytes / heap.limitBytes,
              bytes(heap.usedBytes),
              texts.of(bytes(heap.limitBytes)),
            ),
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
      wide(
        barChart('slowest-functions', texts.slowest, {
          unit: 'ms',
          bars: hot.slice(0, MOST_BARS).map(({ name, selfMs }) => ({ name, value: selfMs })),
          whenEmpty: texts.noSamples,
        }),
      ),
      wide(
        card(
          texts.hot,
          table(
            texts.hot,
            [
              {
                title: texts.name,
                cell: ({ name, file, line }) => (line > 0 && file !== '' ? `${name} (${place(file)}:${line})` : name),
              },
              { title: texts.self, cell: ({ selfMs }) => duration(selfMs) },
              { title: texts.share, cell: ({ selfRatio }) => percent(selfRatio) },
              { title: texts.total, cell: ({ totalMs }) => duration(totalMs) },
            ],
            hot.slice(0, MOST_LISTED),
            texts.noSamples,
          ),
        ),
      ),
      wide(
        card(
          texts.stalls,
          table(
            texts.stalls,
            [
              {
                title: texts.where,
                cell: ({ place: at, stack }) =>
                  at === undefined ? (stack[0] ?? '–') : `${at.functionName} (${place(at.file)}:${at.line})`,
              },
              { title: texts.duration, cell: ({ durationMs }) => duration(durationMs) },
              { title: texts.waiting, cell: ({ waitingCount }) => count(waitingCount) },
              { title: texts.when, cell: ({ at }) => when(at), isText: true },
              ...(isOfSeveral(stalls) ? [{ title: texts.process, cell: instanceOf, isText: true }] : []),
            ],
            stalls.slice(0, MOST_LISTED),
            texts.noStalls,
          ),
        ),
      ),
      wide(card(texts.slowestFunctions, table(texts.slowestFunctions, TIMED, functions, texts.noFunctions))),
    ),
  ];
}
