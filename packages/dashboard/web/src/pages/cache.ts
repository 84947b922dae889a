import type { CacheView } from '../../../src/api/cache.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, bytes, count, duration, percent } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { figure } from '../parts/figure.ts';
import { card, empty, grid, section, table, tile, tiles, wide } from '../parts/parts.ts';
import { donut, gauge } from '../parts/ring.ts';
import { palette, plot } from '../plot.ts';
import { texts } from '../text.ts';
import { charts } from './charts.ts';

/** What the tiers answer, what they cost, and what more memory would bring. */
export const openCache: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('cache', 'cacheReads', 'loads'), live, range);
  const body = element('div');
  return {
    node: element('div', {}, grid(...deck.figures), body),
    tick: () => deck.tick(),
    async refresh() {
      const [answer] = await Promise.all([read('GET /cache'), deck.refresh()]);
      body.replaceChildren(...section(answer, show).filter((part) => part !== undefined));
    },
  };
};

function show(view: CacheView): Node[] {
  const { reads, memory, redis, evictions, namespaces, curve, hotKeys } = view;
  const breaker =
    redis.breaker === null ? '–' : `${texts.breakerState[redis.breaker.state]}, ${ago(redis.breaker.since)}`;
  return [
    tiles(
      tile('Redis', texts.redisState[redis.status], redis.status === 'degraded' ? 'warning' : 'good'),
      tile(texts.breaker, breaker),
      tile(texts.timeouts, count(redis.timeoutCount), redis.timeoutCount > 0 ? 'warning' : 'plain'),
      tile(texts.queued, count(redis.queuedInvalidations)),
      tile(texts.entries, `${count(memory.entryCount)} / ${count(memory.maxEntries)}`),
      tile(texts.evicted, count(evictions.size)),
      tile(texts.expired, count(evictions.expired)),
    ),
    grid(
      donut('cache-reads', texts.hitRatio, {
        slices: [
          { name: texts.fromMemory, value: reads.memory, colour: 'first' },
          { name: 'Redis', value: reads.redis, colour: 'second' },
          { name: texts.stale, value: reads.stale, colour: 'third' },
          { name: texts.misses, value: reads.miss, colour: 'soft' },
        ],
        middle: percent(view.hitRatio),
      }),
      gauge(texts.memoryTier, memory.bytes / memory.maxBytes, bytes(memory.bytes), texts.of(bytes(memory.maxBytes))),
      curve.length === 0 ? card(texts.curve, empty(texts.noCurve)) : curvePlot(curve),
    ),
    grid(
      wide(
        card(
          texts.namespaces,
          table(
            texts.namespaces,
            [
              { title: texts.name, cell: ({ name }) => name },
              { title: texts.hitRatio, cell: ({ hitRatio }) => percent(hitRatio) },
              { title: texts.fromMemory, cell: ({ memoryHits }) => count(memoryHits) },
              { title: 'Redis', cell: ({ redisHits }) => count(redisHits) },
              { title: texts.stale, cell: ({ staleHits }) => count(staleHits) },
              { title: texts.misses, cell: ({ misses }) => count(misses) },
              { title: texts.loadsP95, cell: ({ loadP95Ms }) => duration(loadP95Ms) },
              { title: 'Redis p95', cell: ({ redisP95Ms }) => duration(redisP95Ms) },
              { title: texts.invalidations, cell: ({ invalidationCount }) => count(invalidationCount) },
              { title: texts.entries, cell: ({ entryCount }) => count(entryCount) },
              { title: texts.size, cell: (row) => bytes(row.bytes) },
              { title: texts.savedTime, cell: ({ savedMs }) => duration(savedMs) },
            ],
            namespaces,
          ),
        ),
      ),
    ),
    grid(
      card(
        texts.hotKeys,
        table(
          texts.hotKeys,
          [
            { title: texts.name, cell: ({ namespace, key }) => `${namespace}: ${key}` },
            { title: texts.share, cell: ({ readRatio }) => percent(readRatio) },
          ],
          hotKeys,
          texts.noHotKeys,
        ),
      ),
      card(
        texts.largeValues,
        table(
          texts.largeValues,
          [
            { title: texts.name, cell: ({ namespace, key }) => `${namespace}: ${key}` },
            { title: texts.size, cell: (row) => bytes(row.bytes) },
          ],
          view.largeValues,
          texts.noLargeValues,
        ),
      ),
    ),
  ];
}

function curvePlot(curve: CacheView['curve']): HTMLElement {
  const node = element('div', { class: 'plot' });
  const colours = palette();
  void plot(
    node,
    [
      {
        type: 'scatter',
        mode: 'lines+markers',
        x: curve.map((point) => point.bytes / 1_048_576),
        y: curve.map(({ hitRatio }) => hitRatio * 100),
        line: { color: colours.lines[0], width: 2, shape: 'spline' },
        marker: { size: curve.map(({ sizeRatio }) => (sizeRatio === 1 ? 12 : 7)) },
        hovertemplate: '%{x:.0f} MiB: %{y:.1f}%<extra></extra>',
      },
    ],
    {
      xaxis: { title: { text: 'MiB' }, gridcolor: colours.grid, rangemode: 'tozero' },
      yaxis: { ticksuffix: '%', gridcolor: colours.grid },
    },
    220,
  );
  return figure(
    { id: 'miss-ratio-curve', title: texts.curve },
    {
      node,
      shown: () => ({
        names: ['bytes', 'hitRatio', 'sizeRatio'],
        rows: curve.map((point) => [point.bytes, point.hitRatio, point.sizeRatio]),
      }),
    },
  );
}
