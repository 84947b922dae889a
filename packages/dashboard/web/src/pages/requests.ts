import type { RequestTrace } from '../../../src/api/requests.ts';
import { readAddress, writeAddress } from '../address.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { count, duration, when } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { heatMap } from '../parts/heat-map.ts';
import { button, card, empty, grid, instanceOf, isOfSeveral, table, wide, type Column } from '../parts/parts.ts';
import { createRankingBox } from '../parts/ranking.ts';
import { language, texts } from '../text.ts';
import { charts } from './charts.ts';

const SLOW_SHOWN = 20;

interface Timed {
  readonly name: string;
  readonly count: number;
  readonly errorCount: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Columns of everything that is counted and timed by name. */
export const TIMED: readonly Column<Timed>[] = [
  { title: texts.name, cell: ({ name }) => name },
  { title: texts.calls, cell: (row) => count(row.count) },
  { title: 'p50', cell: ({ p50Ms }) => duration(p50Ms) },
  { title: 'p95', cell: ({ p95Ms }) => duration(p95Ms) },
  { title: 'p99', cell: ({ p99Ms }) => duration(p99Ms) },
  { title: texts.total, cell: ({ totalMs }) => duration(totalMs) },
  { title: texts.errors, cell: ({ errorCount }) => count(errorCount) },
];

/** Routes, how long they take and when, and the requests worth a look. */
export const openRequests: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('requests', 'latency', 'errors'), live, range);
  const heat = element('div', { class: 'grid heat-box' });
  const lists = element('div', { class: 'grid' });
  const routes = createRankingBox({ kind: 'route', title: texts.routes }, range);
  const detail = element('div', { 'aria-live': 'polite' });
  const showTrace = async (id: string): Promise<void> => {
    writeAddress({ request: id });
    detail.replaceChildren(traceCard(await read('GET /requests/:id', {}, { id })));
    detail.scrollIntoView({ block: 'nearest' });
  };
  const linked = readAddress('request');
  // A request that is not kept any more is no reason to show nothing else.
  if (linked !== undefined) void showTrace(linked).catch(() => writeAddress({ request: undefined }));
  return {
    node: element('div', {}, grid(...deck.figures), heat, routes.node, detail, lists),
    tick: () => deck.tick(),
    async refresh() {
      const [view, map] = await Promise.all([
        read('GET /requests', range.bounds()),
        read('GET /requests/heatmap', { ...range.bounds(), points: 120 }),
        deck.refresh(),
        routes.refresh(),
      ]);
      heat.replaceChildren(wide(heatMap(map)));
      lists.replaceChildren(
        wide(
          card(
            texts.slowRequests,
            table(
              texts.slowRequests,
              [
                { title: texts.name, cell: ({ method, route }) => `${method} ${route}` },
                { title: texts.took, cell: ({ durationMs }) => duration(durationMs) },
                { title: texts.answer, cell: ({ statusCode }) => String(statusCode) },
                { title: texts.when, cell: ({ at }) => when(at), isText: true },
                ...(isOfSeveral(view.slow) ? [{ title: texts.process, cell: instanceOf, isText: true }] : []),
                {
                  title: texts.trace,
                  cell: ({ requestId, hasTrace }) =>
                    hasTrace ? button(texts.show, () => void showTrace(requestId)) : '–',
                },
              ],
              view.slow.slice(0, SLOW_SHOWN),
              texts.noSlowRequests,
            ),
          ),
        ),
      );
    },
  };
};

/** What one request did, as bars along its time. */
function traceCard({ request, spans, note }: RequestTrace): HTMLElement {
  const whole = Math.max(request.durationMs, ...spans.map(({ startMs, durationMs }) => startMs + durationMs), 1);
  const bars = spans.map(({ name, kind, startMs, durationMs, failed, location, attributes }) =>
    element(
      'li',
      { class: failed ? 'high' : '' },
      element('b', {}, name),
      element(
        'small',
        {},
        [
          texts.spanKind[kind],
          duration(durationMs),
          location ?? '',
          ...Object.entries(attributes).map(([key, value]) => `${key} ${value}`),
        ]
          .filter((part) => part !== '')
          .join(' · '),
      ),
      bar(startMs / whole, durationMs / whole, kind),
    ),
  );
  return wide(
    card(
      `${request.method} ${request.route} · ${duration(request.durationMs)}`,
      bars.length === 0 ? empty(note?.[language] ?? texts.noTrace) : element('ul', { class: 'trace' }, ...bars),
    ),
  );
}

function bar(start: number, length: number, kind: string): HTMLElement {
  const filled = element('span', { class: `span ${kind}` });
  filled.style.marginInlineStart = `${(start * 100).toFixed(2)}%`;
  filled.style.width = `${Math.max(0.3, length * 100).toFixed(2)}%`;
  return element('span', { class: 'track', 'aria-hidden': 'true' }, filled);
}
